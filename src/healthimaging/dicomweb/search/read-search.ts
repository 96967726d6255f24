import { ServiceError } from "../../../api/errors.ts";
import type { Conditions } from "../../../domain/dicom-search/find-dicom.ts";
import { matchFuzzily } from "../../../domain/dicom-search/fuzzy-names.ts";
import { createMatcher, type Matcher } from "../../../domain/dicom-search/match-values.ts";
import { lookUp } from "../../../imaging/dicom/dictionary/dictionary.ts";
import { isPrivateCreator } from "../../../imaging/dicom/tag.ts";
import {
  readIncludedFields,
  tagOfName,
  type IncludedFields,
  type PrivateCreators,
} from "./included-fields.ts";
import {
  FUZZY,
  MATCHED,
  SEARCHES,
  WITH_LISTS,
  WITH_WILDCARDS,
  type SearchName,
} from "./search-attributes.ts";

/** A search as its query asks for it. */
export interface Search {
  readonly study: Conditions;
  readonly series: Conditions;
  readonly instance: Conditions;
  readonly limit: number;
  readonly offset: number;
  /** Stands for the conditions: equal ones have the same. */
  readonly key: string;
  readonly included: IncludedFields;
  readonly creators: PrivateCreators;
  /** What the query has for nothing, in words. */
  readonly remarks: readonly string[];
}

/** Bounds of a search (facts: dicomweb#pages-of-searches). */
const MAX_LIMIT = 1_000;
const MAX_OFFSET = 1_000_000;
const MAX_INCLUDED = 50;

/**
 * Reads the query of a search.
 * Assumed: unmatched-values. A date, time or number that is malformed matches nothing, and is reported in a hint.
 * Assumed: search-bounds. A `limit`, `offset` or number of `includefield` out of bounds is a ValidationException.
 * Assumed: unknown-search-keys. Parameters that a search does not have are ignored, and reported in a hint.
 * @throws ServiceError ValidationException
 */
export function readSearch(name: SearchName, queryText: string): Search {
  const query = new URLSearchParams(queryText);
  const conditions: Record<keyof typeof MATCHED, (readonly [string, Matcher])[]> = {
    study: [],
    series: [],
    instance: [],
  };
  const creators = new Map<string, string>();
  const remarks: string[] = [];
  const asked: string[] = [];
  const isFuzzy = readSwitch(query.get("fuzzymatching"));
  for (const [parameter, value] of query) {
    if (OWN.has(parameter) || /^x-amz-/i.test(parameter)) continue;
    const tag = tagOfName(parameter);
    const keyword = tag === undefined ? undefined : lookUp(tag)?.keyword;
    if (tag !== undefined && isPrivateCreator(tag)) creators.set(tag, value);
    else if (keyword === undefined || !SEARCHES[name].keys.has(keyword)) {
      remarks.push(`${name} does not search by ${parameter}`);
    } else {
      const matcher = matcherOf(keyword, value, isFuzzy);
      if (matcher === undefined) remarks.push(`${parameter}=${value} can match nothing`);
      conditions[levelOf(keyword)].push([keyword, matcher ?? (() => false)]);
      asked.push(keyword, value);
    }
  }
  const key = JSON.stringify([isFuzzy, ...asked]);
  return { ...conditions, ...readPage(query), key, included: readIncluded(query), creators, remarks };
}

/** Parameters that are not attributes. */
const OWN: ReadonlySet<string> = new Set(["limit", "offset", "fuzzymatching", "includefield"]);

const levelOf = (keyword: string): keyof typeof MATCHED =>
  (["study", "series", "instance"] as const).find((level) => MATCHED[level].includes(keyword)) ?? "study";

function matcherOf(keyword: string, value: string, isFuzzy: boolean): Matcher | undefined {
  if (isFuzzy && FUZZY.has(keyword)) return matchFuzzily(value);
  return createMatcher(value, {
    vr: lookUp(tagOfName(keyword) ?? "")?.vr ?? "",
    hasWildcards: WITH_WILDCARDS.has(keyword),
    isList: WITH_LISTS.has(keyword),
  });
}

function readSwitch(value: string | null): boolean {
  if (value === null || /^(true|false)$/i.test(value)) return value?.toLowerCase() === "true";
  throw violation("fuzzymatching", value, "Member must satisfy enum value set: [true, false]");
}

const readPage = (query: URLSearchParams): Pick<Search, "limit" | "offset"> => ({
  limit: readNumber("limit", query.get("limit"), MAX_LIMIT, 1, MAX_LIMIT),
  offset: readNumber("offset", query.get("offset"), 0, 0, MAX_OFFSET),
});

function readNumber(name: string, text: string | null, missing: number, min: number, max: number): number {
  if (text === null) return missing;
  if (!/^-?\d{1,18}$/.test(text)) throw violation(name, text, "Member must be an integer");
  const number = Number(text);
  if (number < min) throw violation(name, text, `Member must have value greater than or equal to ${min}`);
  if (number > max) throw violation(name, text, `Member must have value less than or equal to ${max}`);
  return number;
}

function readIncluded(query: URLSearchParams): IncludedFields {
  const names = query.getAll("includefield").flatMap((each) => each.split(","));
  const distinct = new Set(names.map((each) => each.trim()).filter((each) => each !== ""));
  if (distinct.size > MAX_INCLUDED) {
    const text = [...distinct].join(",");
    throw violation("includefield", text, `Member must have length less than or equal to ${MAX_INCLUDED}`);
  }
  return readIncludedFields(distinct);
}

/** In the words of AWS's other validations. */
const violation = (name: string, value: string, constraint: string): ServiceError =>
  new ServiceError(
    "ValidationException",
    `1 validation error detected: Value '${value.slice(0, 256)}' at '${name}' failed to satisfy constraint: ${constraint}`,
  );
