/** An object of JSON, an array is none. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a text of JSON may have at most. */
export interface JsonBounds {
  /** Members of objects and items of arrays, all levels together; an empty array or object counts as one more. */
  readonly maxValues: number;
  readonly maxDepth: number;
}

/**
 * Assumed: body-counts. Those of the body of a request: the largest that the service model allows is some thousand values, 6 levels deep.
 * Within this depth, nothing that recurses over the values can use up the stack.
 */
export const BODY_BOUNDS: JsonBounds = { maxValues: 10_000, maxDepth: 32 };

/** A text of JSON has more than its bounds allow. Its message follows a subject: `has more than 10000 values`. */
export class JsonExcess extends Error {}

/**
 * As `JSON.parse`, but the text is counted first: one of very many or very deep values is never built.
 * @throws JsonExcess, SyntaxError
 */
export function parseBoundedJson(text: string, bounds: JsonBounds): unknown {
  const excess = excessOfJson(text, bounds);
  if (excess !== undefined) throw new JsonExcess(excess);
  return JSON.parse(text);
}

/** One pass over the text, which need not be JSON, up to the first excess. */
function excessOfJson(text: string, { maxValues, maxDepth }: JsonBounds): string | undefined {
  let values = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (character === '"') index = endOfString(text, index);
    else if (character === "]" || character === "}") depth--;
    else if (character === "[" || character === "{") depth++;
    else if (character !== ",") continue;
    if (depth > maxDepth) return `is more than ${maxDepth} levels deep`;
    // One after each comma, and the first of each array and object. An empty one counts as if it held a value, since
    // it takes memory too, and finding out that it is empty would take a look ahead.
    if (",[{".includes(character) && ++values > maxValues) return `has more than ${maxValues} values`;
  }
  return undefined;
}

/** Of its closing quotation mark, or of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text[first - 1] === "\\") first--;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}
