/** Whether a value is a JSON object; an array is not. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value of a text; undefined where it is not JSON. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Upper bounds of a JSON text. */
export interface JsonBounds {
  /** Members of objects and items of arrays, all levels together; an empty array or object counts as one more. */
  readonly maxValues: number;
  readonly maxDepth: number;
}

/**
 * Assumed: body-counts. Bounds of a request body: the largest that the service model allows has a few
 * thousand values in 6 levels. Within this depth, recursion over the values cannot exhaust the stack.
 */
export const BODY_BOUNDS: JsonBounds = { maxValues: 10_000, maxDepth: 32 };

/** A JSON text exceeds its bounds. The message follows a subject: `has more than 10000 values`. */
export class JsonExcess extends Error {}

/**
 * As `JSON.parse`, but counts the text first, so that very many or very deep values are never built.
 * @throws JsonExcess, SyntaxError
 */
export function parseBoundedJson(text: string, bounds: JsonBounds): unknown {
  countJson(text, bounds);
  return JSON.parse(text);
}

/**
 * As `parseBoundedJson`; refuses an object with one name twice, of which `JSON.parse` would keep the last value.
 * @throws JsonExcess, SyntaxError
 */
export function parseUniqueJson(text: string, bounds: JsonBounds): unknown {
  const count = countJson(text, bounds);
  const value: unknown = JSON.parse(text);
  if (countValues(value) < count) throw new JsonExcess("has an object with the same name twice");
  return value;
}

/** Counts as `countJson` does. @param value within the depth of its bounds */
function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const members = Object.values(value) as readonly unknown[];
  let count = Math.max(members.length, 1);
  for (const member of members) count += countValues(member);
  return count;
}

/** Scans the text once. The text need not be JSON. @throws JsonExcess */
function countJson(text: string, { maxValues, maxDepth }: JsonBounds): number {
  let values = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (character === '"') index = endOfString(text, index);
    else if (character === "]" || character === "}") depth--;
    else if (character === "[" || character === "{") depth++;
    else if (character !== ",") continue;
    if (depth > maxDepth) throw new JsonExcess(`is more than ${maxDepth} levels deep`);
    // Counts one value after each comma, and the first of each array and object. An empty one counts as if it
    // held a value: it takes memory too, and detecting that it is empty would need a look ahead.
    if (",[{".includes(character) && ++values > maxValues)
      throw new JsonExcess(`has more than ${maxValues} values`);
  }
  return values;
}

/** The index of the closing quotation mark, or of the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text[first - 1] === "\\") first--;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}
