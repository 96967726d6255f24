import { toMessage } from "../../api/message.ts";
import { model } from "../../api/model/model.ts";
import { withoutUids } from "../../domain/import-jobs/refusal-reason.ts";
import { bucketFileAfter } from "./bucket-file.ts";

const MASK = "...";
/** What the emulator or AWS made: nobody's data. */
const HARMLESS =
  /^(?:[0-9a-f]{32}|\d{1,3}|arn:aws:medical-imaging:[a-z0-9-]*:\d{12}:datastore\/[0-9a-f]{32}(?:\/imageset\/[0-9a-f]{32})?)$/;
/** What folders are often called, and what messages say anyway. */
const COMMON: ReadonlySet<string> = new Set([
  "bucket",
  "dicom",
  "folder",
  "import",
  "input",
  "job",
  "output",
]);
/** Fewer characters say nothing of anybody, and would be found in many words. */
const LEAST_TELLING = 3;
/** In a message of the API a slash is a dot: see `toMessage`. */
const BUCKET_FILE = bucketFileAfter(String.raw`[\\/.]`);

/** A message as the log may say it: without what was sent, UIDs and names of files. @param sent the longest need not be first */
export function masked(text: string, sent: Iterable<string>): string {
  const secrets = new Set<string>();
  for (const value of sent) {
    if (value.length < LEAST_TELLING || HARMLESS.test(value) || isCommon(value)) continue;
    secrets.add(value).add(toMessage(value));
  }
  const longestFirst = [...secrets].toSorted((one, other) => other.length - one.length);
  const shown = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  return withoutUids(shown).replace(BUCKET_FILE, `$1${MASK}`);
}

const isCommon = (value: string): boolean => COMMON.has(value) || wordsOfModel().has(value);

let words: ReadonlySet<string> | undefined;
/** Values that the service itself lists, such as BETWEEN. */
const wordsOfModel = (): ReadonlySet<string> =>
  (words ??= new Set(Object.values(model.shapes).flatMap((shape) => shape.enum ?? [])));

/**
 * Every string in a value.
 * @param isName whether the caller chose the name of a member, and may have chosen any
 */
export function* stringsIn(
  value: unknown,
  isName: (name: string, parent: string) => boolean,
  parent = "",
): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
    for (const [name, item] of Object.entries(value)) {
      if (isName(name, parent)) yield name;
      yield* stringsIn(item, isName, name);
    }
}
