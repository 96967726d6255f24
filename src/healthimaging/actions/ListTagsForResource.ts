import type { ListTagsForResourceRequest } from "@aws-sdk/client-medical-imaging";
import type { TagMap } from "../../domain/tag-count.ts";
import type { Tags } from "../../domain/tags.ts";
import type { Action } from "./action.ts";

export const ListTagsForResource =
  ({ tags }: { tags: Tags }): Action<ListTagsForResourceRequest, { tags: TagMap }> =>
  ({ resourceArn }, caller) => ({ tags: tags.list(caller, resourceArn) });
