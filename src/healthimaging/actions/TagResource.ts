import type { TagResourceRequest } from "@aws-sdk/client-medical-imaging";
import type { Tags } from "../../domain/tags.ts";
import type { Action } from "./action.ts";

export const TagResource =
  ({ tags }: { tags: Tags }): Action<TagResourceRequest, void> =>
  (input, caller) =>
    tags.add(caller, input.resourceArn, input.tags);
