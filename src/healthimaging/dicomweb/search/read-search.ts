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
import type { SearchOptions } from "./search-options.ts";

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

/**
 * Reads the query of a search.
 * Assumed: unmatched-values. A date, time or number that is malformed matches nothing, and is reported in a hint.
 * Assumed: unknown-search-keys. Parameters that a search does not have are ignored, and reported in a hint.
 */
export function readSearch(name: SearchName, query: URLSearchParams, options: SearchOptions): Search {
  const { limit, offset, isFuzzy, included } = options;
  const conditions: Record<keyof typeof MATCHED, (readonly [string, Matcher])[]> = {
    study: [],
    series: [],
    instance: [],
  };
  const creators = new Map<string, string>();
  const remarks: string[] = [];
  const asked: string[] = [];
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
      // Without a value there is nothing to test.
      if (value !== "") conditions[levelOf(keyword)].push([keyword, matcher ?? (() => false)]);
      asked.push(keyword, value);
    }
  }
  const key = JSON.stringify([isFuzzy, ...asked]);
  return { ...conditions, limit, offset, key, included: readIncludedFields(included), creators, remarks };
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
