import type {
  SearchByAttributeValue,
  SearchCriteria,
  SearchFilter,
  Sort,
} from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../../api/errors.ts";
import { isValueOf } from "../../imaging/dicom/metadata/value-check.ts";
import {
  SORT_FIELDS,
  TEXT_ATTRIBUTES,
  type Attribute,
  type FlagAttribute,
  type Key,
  type SortField,
} from "./search-entry.ts";
import { joinDateAndTime } from "./study-date-and-time.ts";

/** The bounds of an attribute. Assumed: inclusive-bounds. Both bounds are included. */
export interface Range {
  readonly attribute: Attribute;
  readonly low: Key;
  readonly high: Key;
}

/** Valid criteria. Assumed: filters-and. Results satisfy all ranges (facts: search#operators). */
export interface Query {
  readonly ranges: readonly Range[];
  readonly sortField: SortField;
  readonly isDescending: boolean;
}

const DEFAULT_SORT: Sort = { sortField: "updatedAt", sortOrder: "DESC" };
const ATTRIBUTES: readonly Attribute[] = [...SORT_FIELDS, ...TEXT_ATTRIBUTES];

/**
 * @param flags that the served release can search by
 * @throws ServiceError ValidationException for invalid criteria
 */
export function readCriteria(
  { filters = [], sort = DEFAULT_SORT }: SearchCriteria,
  flags: readonly FlagAttribute[] = [],
): Query {
  const attributes = [...ATTRIBUTES, ...flags];
  return {
    ranges: filters.map((filter) => readFilter(filter, attributes)),
    sortField: sort.sortField ?? "updatedAt",
    isDescending: sort.sortOrder === "DESC",
  };
}

function readFilter({ operator, values = [] }: SearchFilter, attributes: readonly Attribute[]): Range {
  const [first, second] = values;
  const wanted = operator === "BETWEEN" ? 2 : 1;
  if (first === undefined || values.length !== wanted) {
    throw invalid(
      `A filter with the operator ${operator} expects ${wanted === 1 ? "1 value" : "2 values"}, got ${values.length}`,
    );
  }
  const known = readValue(first, attributes);
  return second === undefined ? equalTo(first, known) : between(known, readValue(second, attributes));
}

/**
 * Assumed: equal-day. A study date without a time equals every time of that day.
 * Assumed: equal-second. A whole second equals every time that is truncated or rounded to it, since clients
 * send times so (facts: clients#times-in-bodies).
 * Assumed: equal-text. Text is compared exactly, including case.
 */
function equalTo(value: SearchByAttributeValue, { attribute, key }: Known): Range {
  if (typeof key === "number" && key % 1000 === 0) return { attribute, low: key - 500, high: key + 999 };
  const isWholeDay = value.DICOMStudyDateAndTime?.DICOMStudyTime === undefined;
  if (attribute === "DICOMStudyDateAndTime" && isWholeDay) {
    return { attribute, low: key, high: `${String(key).slice(0, 8)}999999.999999` };
  }
  return { attribute, low: key, high: key };
}

/**
 * Assumed: between-text. BETWEEN also works on text attributes, compared by UTF-16 units.
 * Assumed: reversed-bounds. The higher bound first is a ValidationException.
 */
function between({ attribute, key: low }: Known, { attribute: other, key: high }: Known): Range {
  if (attribute !== other)
    throw invalid(`BETWEEN expects two values of one attribute, got ${attribute} and ${other}`);
  if (low > high) throw invalid(`BETWEEN expects the lower ${attribute} first`);
  return { attribute, low, high };
}

interface Known {
  readonly attribute: Attribute;
  readonly key: Key;
}

function readValue(value: SearchByAttributeValue, attributes: readonly Attribute[]): Known {
  const [name, content] = Object.entries(value).find(([, member]) => member !== undefined) ?? [];
  if (name === undefined) throw invalid("A filter value has no attribute");
  const attribute = attributes.find((candidate) => candidate === name);
  if (attribute === undefined) throw invalid(`${name} is not a search attribute`);
  return { attribute, key: readKey(content) };
}

function readKey(content: unknown): Key {
  if (content instanceof Date) return content.getTime();
  if (typeof content === "string") return content;
  if (typeof content === "boolean") return String(content);
  const { DICOMStudyDate = "", DICOMStudyTime } = content as NonNullable<
    SearchByAttributeValue["DICOMStudyDateAndTime"]
  >;
  const key = joinDateAndTime(DICOMStudyDate, DICOMStudyTime);
  if (key === undefined || !isPossible(key)) {
    throw invalid(
      "DICOMStudyDateAndTime expects a DICOMStudyDate yyyyMMdd and a DICOMStudyTime HHmmss.FFFFFF",
    );
  }
  return key;
}

/**
 * Whether the day exists, and the time on it.
 * Assumed: impossible-dates. An impossible date in a query is a ValidationException; files may contain one,
 * and are found too.
 */
const isPossible = (key: string): boolean =>
  isValueOf("DA", key.slice(0, 8)) && isValueOf("TM", key.slice(8));

const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);
