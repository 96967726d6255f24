import type { JsonValue } from "../image-sets/metadata/metadata-document.ts";
import type { Matcher } from "./match-values.ts";

/**
 * `fuzzymatching=true`: a name matches if one of its words begins with one of the asked words, whatever the case
 * (facts: dicomweb#fuzzy-matching). Assumed: fuzzy-words. Any of several asked words is enough, as in AWS's example;
 * quotes around them, as in the example, are ignored.
 */
export function matchFuzzily(asked: string): Matcher {
  const words = asked.replaceAll('"', "").split(SEPARATORS);
  const beginnings = words.filter((word) => word !== "").map((word) => RegExp.escape(word));
  if (beginnings.length === 0) return () => true;
  const pattern = new RegExp(`(?:^|${SEPARATORS.source})(?:${beginnings.join("|")})`, "iu");
  const matcher = (value: JsonValue | undefined): boolean =>
    typeof value === "string"
      ? pattern.test(value)
      : Array.isArray(value) && (value as readonly JsonValue[]).some(matcher);
  return matcher;
}

/** Between the words of a name: its components and groups consist of words. */
const SEPARATORS = /[\s^=,]/;
