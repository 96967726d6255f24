import type { JsonValue } from "../image-sets/metadata/metadata-document.ts";
import { isValueOf } from "../../imaging/dicom/metadata/value-check.ts";
import { compileWildcards } from "./wildcards.ts";

/** Whether an attribute, undefined if it is missing, has what a search asks for. */
export interface Matcher {
  (value: JsonValue | undefined): boolean;
  /** The values that match, if no others do. */
  readonly exact?: readonly string[];
}

export interface MatchRule {
  /** Of the attribute. */
  readonly vr: string;
  /** `*` and `?` stand for other characters; else they are characters like any other. */
  readonly hasWildcards: boolean;
  /** Several values, separated by commas or backslashes, are alternatives. */
  readonly isList: boolean;
}

/**
 * A search's condition on one attribute (PS3.4 C.2.2.2). An attribute with several values matches if one of them
 * does. Assumed: match-nothing-asked. No value asks for nothing: every study, series or instance matches.
 * Assumed: exact-text. Text is compared exactly, including case.
 * @returns undefined for text that no attribute of the VR can match
 */
export function createMatcher(asked: string, { vr, hasWildcards, isList }: MatchRule): Matcher | undefined {
  if (asked === "") return () => true;
  if (isList) {
    const alternatives = new Set(asked.split(/[,\\]/).map((each) => each.trim()));
    const [only = ""] = alternatives;
    const matcher = anyOf(alternatives.size === 1 ? isText(only) : (text) => alternatives.has(text));
    return Object.assign(matcher, { exact: [...alternatives] });
  }
  if (vr === "DA" || vr === "TM") return matchRange(asked, vr);
  if (hasWildcards && /[*?]/.test(asked)) return matchWildcards(asked, vr);
  if (vr === "PN") return anyOf(onGroups(isText(withoutCarets(asked.trim()))));
  if (vr === "IS" || vr === "US") return matchNumber(asked);
  const text = asked.trim();
  return Object.assign(anyOf(isText(text)), { exact: [text] });
}

const isText =
  (wanted: string): Test =>
  (text) =>
    text === wanted;

type Test = (text: string) => boolean;

/** Each value as trimmed text; empty ones match nothing. */
const anyOf =
  (test: Test): Matcher =>
  (value) => {
    if (typeof value === "string") return value !== "" && test(value.trim());
    if (typeof value === "number") return test(String(value));
    return Array.isArray(value) && (value as readonly JsonValue[]).some(anyOf(test));
  };

/** A person name matches as a whole, or one of its component groups does (PS3.5 6.2.1). */
const onGroups =
  (test: Test): Test =>
  (name) =>
    test(withoutCarets(name)) ||
    (name.includes("=") && name.split("=").some((each) => test(withoutCarets(each))));

const withoutCarets = (name: string): string => (name.endsWith("^") ? name.replace(/\^+$/, "") : name);

/** `*` alone also matches text that is missing (PS3.4 C.2.2.2.4), but no number that is missing. */
function matchWildcards(asked: string, vr: string): Matcher {
  if (vr !== "US" && /^\*+$/.test(asked)) return () => true;
  const test = compileWildcards(asked.trim());
  return anyOf(vr === "PN" ? onGroups(test) : test);
}

function matchNumber(asked: string): Matcher | undefined {
  const number = Number(asked);
  if (!/^[+-]?\d+$/.test(asked.trim())) return undefined;
  return anyOf((text) => text !== "" && Number(text) === number);
}

/**
 * A date or time, or a range of them with one or two bounds, both included.
 * Assumed: times-of-searches. A time that is not precise to the microsecond stands for all times within it: 10 for
 * 10:00:00 to 10:59:59.999999.
 */
function matchRange(asked: string, vr: "DA" | "TM"): Matcher | undefined {
  const [from = "", to, ...others] = asked.split("-").map((bound) => bound.trim());
  const isEmpty = from === "" && (to ?? "") === "";
  const isValid = [from, to ?? ""].every((bound) => bound === "" || isValueOf(vr, normalise(bound, vr)));
  if (isEmpty || !isValid || others.length > 0) return undefined;
  const low = from === "" ? "" : pad(normalise(from, vr), vr, "0");
  const last = to ?? from;
  const high = last === "" ? "~" : pad(normalise(last, vr), vr, "9");
  return anyOf(
    rememberEach((text) => {
      const value = normalise(text, vr);
      if (!/^\d/.test(value)) return false;
      const padded = pad(value, vr, "0");
      return padded >= low && padded <= high;
    }),
  );
}

/** Many studies have the same day or time: each is tested once. */
function rememberEach(test: Test): Test {
  const known = new Map<string, boolean>();
  return (text) => {
    let isFound = known.get(text);
    if (isFound === undefined) known.set(text, (isFound = test(text)));
    return isFound;
  };
}

/** Without the dots and colons of old notations. */
const normalise = (text: string, vr: "DA" | "TM"): string => text.replaceAll(vr === "DA" ? /[.]/g : /:/g, "");

/** A time as `HHmmss.FFFFFF`. */
function pad(text: string, vr: "DA" | "TM", digit: "0" | "9"): string {
  if (vr === "DA") return text;
  const [clock = "", fraction = ""] = text.split(".");
  const rest = digit === "0" ? "000000" : "235959";
  return `${clock}${rest.slice(clock.length)}.${fraction.padEnd(6, digit)}`;
}
