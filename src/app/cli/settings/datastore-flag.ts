import { model } from "../../../api/model/model.ts";
import { UsageError } from "./usage-error.ts";

/** @throws UsageError for what is neither an id nor a name of a data store */
export function readDatastore(text: string): string {
  const { pattern = "", max = Infinity } = model.shapes["DatastoreName"] ?? {};
  if (text.length <= max && new RegExp(`^(?:${pattern})$`).test(text)) return text;
  throw new UsageError(
    `--datastore expects an id, or a name of at most ${max} letters, digits and ._/#-, got '${text}'`,
  );
}
