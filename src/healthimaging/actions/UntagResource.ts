import type { UntagResourceRequest } from "@aws-sdk/client-medical-imaging";
import type { Tags } from "../../domain/tags.ts";
import type { Action } from "./action.ts";

export const UntagResource =
  ({ tags }: { tags: Tags }): Action<UntagResourceRequest, void> =>
  ({ resourceArn, tagKeys }, caller) =>
    tags.remove(caller, resourceArn, tagKeys);
