import { ServiceError } from "../api/errors.ts";

export type TagMap = Readonly<Record<string, string>>;

/** Per resource (facts: tags#number-of-tags). */
const MAX_TAGS = 50;

/**
 * Assumed: too-many-tags. A ValidationException; the error is not documented.
 * @throws ServiceError ValidationException for more tags than a resource may have
 */
export function checkTagCount(tags: TagMap): void {
  const count = Object.keys(tags).length;
  if (count <= MAX_TAGS) return;
  throw new ServiceError("ValidationException", `A resource can have at most ${MAX_TAGS} tags, got ${count}`);
}
