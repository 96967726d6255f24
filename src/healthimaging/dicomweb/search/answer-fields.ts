import { INSTANCE_KEYS, SERIES_KEYS, STUDY_KEYS } from "../../../domain/dicom-search/search-keys.ts";
import { lookUp } from "../../../imaging/dicom/dictionary/dictionary.ts";
import { normalisedLevelOf } from "../../../imaging/dicom/metadata/normalised-levels.ts";
import { isPrivate } from "../../../imaging/dicom/tag.ts";
import { tagOfName, type FieldTree, type IncludedFields } from "./included-fields.ts";
import {
  ALL_OF_SERIES,
  ALL_OF_STUDY,
  ANSWERED,
  SEARCHES,
  type SearchLevel,
  type SearchName,
} from "./search-attributes.ts";

/** An attribute of each object of an answer, from the index. */
export interface AnswerField {
  readonly tag: string;
  readonly keyword: string;
  /** What it describes. */
  readonly level: SearchLevel;
}

export interface AnswerFields {
  /** In ascending order of tags. */
  readonly indexed: readonly AnswerField[];
  /** What only the metadata documents have: everything, some attributes, or undefined if nothing. */
  readonly documented: FieldTree | "all" | undefined;
}

/** What the index can answer, besides the attributes that it always does. */
const INDEXED: Readonly<Record<SearchLevel, ReadonlySet<string>>> = {
  study: new Set([...ANSWERED.study, ...STUDY_KEYS, "SOPClassesInStudy"]),
  series: new Set([...ANSWERED.series, ...SERIES_KEYS]),
  instance: new Set([...ANSWERED.instance, ...INSTANCE_KEYS]),
};

/** The levels from which an answer of a level may have attributes. */
const LEVELS: Readonly<Record<SearchLevel, readonly SearchLevel[]>> = {
  study: ["study"],
  series: ["study", "series"],
  instance: ["study", "series", "instance"],
};

/** Which attributes an answer has, and where they come from. */
export function chooseFields(name: SearchName, { isAll, fields }: IncludedFields): AnswerFields {
  const { level, answers } = SEARCHES[name];
  const indexed = new Map<string, AnswerField>();
  const add = (from: SearchLevel, keyword: string): void => {
    const tag = tagOfName(keyword) ?? "";
    // UIDs of what a result belongs to are those of its study and series.
    if (!indexed.has(tag)) indexed.set(tag, { tag, keyword, level: UIDS.get(keyword) ?? from });
  };
  for (const from of answers) for (const keyword of ANSWERED[from]) add(from, keyword);
  const documented = new Map<string, FieldTree | "whole">();
  const wanted = isAll ? allOf(level) : fields;
  for (const [tag, inside] of wanted) {
    const keyword = lookUp(tag)?.keyword ?? tag;
    const from = LEVELS[level].find((candidate) => INDEXED[candidate].has(keyword));
    if (from !== undefined && inside === "whole") add(from, keyword);
    if (from === undefined || inside !== "whole") if (isAnswered(tag, level)) documented.set(tag, inside);
  }
  const sorted = [...indexed.values()].toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
  const isEverything = isAll && level === "instance";
  return {
    indexed: sorted,
    documented: isEverything ? "all" : documented.size === 0 ? undefined : documented,
  };
}

const UIDS: ReadonlyMap<string, SearchLevel> = new Map([
  ["StudyInstanceUID", "study"],
  ["SeriesInstanceUID", "series"],
]);

const ALL: Readonly<Record<SearchLevel, readonly string[]>> = {
  study: ALL_OF_STUDY,
  series: [...ALL_OF_STUDY, ...ALL_OF_SERIES],
  instance: [],
};

const allOf = (level: SearchLevel): FieldTree => new Map(ALL[level].map((tag) => [tag, "whole"] as const));

/**
 * Assumed: fields-of-levels. A study has its own attributes and its patient's, a series those and its own; attributes
 * that describe single instances are left out, except private ones and those that AWS lists for the level.
 */
function isAnswered(tag: string, level: SearchLevel): boolean {
  if (level === "instance" || isPrivate(tag) || ALL[level].includes(tag)) return true;
  const own = normalisedLevelOf(tag);
  return own === "Patient" || own === "Study" || (level === "series" && own === "Series");
}
