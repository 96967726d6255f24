import { toMessage } from "../../api/message.ts";
import { model } from "../../api/model/model.ts";
import { withoutUids } from "../../domain/import-jobs/refusal-reason.ts";
import { bucketFileAfter } from "./bucket-file.ts";

const MASK = "...";
/** Values that the emulator or AWS made: no personal data. */
const HARMLESS =
  /^(?:[0-9a-f]{32}|\d{1,3}|arn:aws:medical-imaging:[a-z0-9-]*:\d{12}:datastore\/[0-9a-f]{32}(?:\/imageset\/[0-9a-f]{32})?)$/;
/** Common names of folders, and words of messages. */
const COMMON: ReadonlySet<string> = new Set([
  "bucket",
  "dicom",
  "folder",
  "import",
  "input",
  "job",
  "output",
]);
/** Fewer characters identify nobody, and occur in many words. */
const LEAST_TELLING = 3;
/** In a message of the API a slash becomes a dot: see `toMessage`. */
const BUCKET_FILE = bucketFileAfter(String.raw`[\\/.]`);

/**
 * A message without the caller's input, UIDs and names of files, so that it may be logged. @param sent in any
 * order
 */
export function masked(text: string, sent: Iterable<string>): string {
  const secrets = new Set<string>();
  for (const value of sent) {
    if (value.length < LEAST_TELLING || HARMLESS.test(value) || isCommon(value)) continue;
    secrets.add(value).add(toMessage(value));
  }
  const longestFirst = [...secrets].toSorted((one, other) => other.length - one.length);
  const shown = longestFirst.reduce(withoutWord, text);
  return withoutUids(shown).replace(BUCKET_FILE, `$1${MASK}`);
}

/** A plain word inside of a longer one is not the secret: the access key `test` occurs in "latest". */
function withoutWord(text: string, secret: string): string {
  if (!PLAIN_WORD.test(secret)) return text.replaceAll(secret, MASK);
  const [first = "", ...others] = text.split(secret);
  return others.reduce((shown, after, index) => {
    const before = index === 0 ? first : (others[index - 1] ?? "");
    const isPart =
      JOINS.test(before.slice(-1) + secret[0]) || JOINS.test(secret.slice(-1) + after.slice(0, 1));
    return shown + (isPart ? secret : MASK) + after;
  }, first);
}

/** Neither a patient's name nor an identifier. */
const PLAIN_WORD = /^[a-z]+$/;

/** Two characters of one word. */
const JOINS = /^[\p{L}\p{N}]{2}$/u;

const isCommon = (value: string): boolean => COMMON.has(value) || wordsOfModel().has(value);

let words: ReadonlySet<string> | undefined;
/** Values that the service itself defines, such as BETWEEN. */
const wordsOfModel = (): ReadonlySet<string> =>
  (words ??= new Set(Object.values(model.shapes).flatMap((shape) => shape.enum ?? [])));

/**
 * Every string in a value.
 * @param isName whether a member's name was chosen by the caller
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
