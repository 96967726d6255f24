import { ServiceError } from "../../../api/errors.ts";

/** The parameters of a search that are not attributes. */
export interface SearchOptions {
  readonly limit: number;
  readonly offset: number;
  readonly isFuzzy: boolean;
  /** What `includefield` names, each once. */
  readonly included: ReadonlySet<string>;
}

/** Bounds of a search (facts: dicomweb#pages-of-searches). */
const MAX_LIMIT = 1_000;
const MAX_OFFSET = 1_000_000;
const MAX_INCLUDED = 50;

/**
 * Assumed: search-bounds. A `limit`, `offset` or number of `includefield` out of bounds is a ValidationException.
 * @throws ServiceError ValidationException
 */
export const readSearchOptions = (query: URLSearchParams): SearchOptions => ({
  limit: readNumber("limit", query.get("limit"), MAX_LIMIT, 1, MAX_LIMIT),
  offset: readNumber("offset", query.get("offset"), 0, 0, MAX_OFFSET),
  isFuzzy: readSwitch(query.get("fuzzymatching")),
  included: readIncluded(query.getAll("includefield")),
});

function readSwitch(value: string | null): boolean {
  if (value === null || /^(true|false)$/i.test(value)) return value?.toLowerCase() === "true";
  throw violation("fuzzymatching", value, "Member must satisfy enum value set: [true, false]");
}

function readNumber(name: string, text: string | null, missing: number, min: number, max: number): number {
  if (text === null) return missing;
  if (!/^-?\d{1,18}$/.test(text)) throw violation(name, text, "Member must be an integer");
  const number = Number(text);
  if (number < min) throw violation(name, text, `Member must have value greater than or equal to ${min}`);
  if (number > max) throw violation(name, text, `Member must have value less than or equal to ${max}`);
  return number;
}

/** Each may be a list with commas. */
function readIncluded(values: readonly string[]): ReadonlySet<string> {
  const names = values.flatMap((value) => value.split(",")).map((name) => name.trim());
  const distinct = new Set(names.filter((name) => name !== ""));
  if (distinct.size <= MAX_INCLUDED) return distinct;
  const text = [...distinct].join(",");
  throw violation("includefield", text, `Member must have length less than or equal to ${MAX_INCLUDED}`);
}

/** In the words of AWS's other validations. */
const violation = (name: string, value: string, constraint: string): ServiceError =>
  new ServiceError(
    "ValidationException",
    `1 validation error detected: Value '${value.slice(0, 256)}' at '${name}' failed to satisfy constraint: ${constraint}`,
  );
