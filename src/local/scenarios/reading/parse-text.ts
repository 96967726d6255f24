import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { errorMessage } from "../../../api/error-message.ts";
import { pointTo } from "./schema.ts";
import { excessOfYaml } from "./text-bounds.ts";

/** A message may quote the entire text. */
const MAX_MESSAGE = 200;

/** The content of a YAML or JSON text, with positions. */
export interface ParsedText {
  /** Undefined if it cannot be parsed. */
  readonly value: unknown;
  /** The line of a JSON pointer's target or, if it does not exist, of its parent; from 1. */
  readonly lineOf: (pointer: string) => number;
  readonly errors: readonly { readonly line: number; readonly message: string }[];
}

export function parseText(text: string): ParsedText {
  const excess = excessOfYaml(text);
  if (excess !== undefined) return { value: undefined, lineOf: () => 1, errors: [excess] };
  const lines = new LineCounter();
  // `uniqueKeys` would compare each key with every other.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  if (document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION"))
    return { value: undefined, lineOf: () => 1, errors: [{ line: 1, message: "it is nested too deeply" }] };
  const toLine = (offset: number): number => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    const errors = document.errors.map(({ pos: [start], message }) => ({
      line: toLine(start),
      message: shorten(message),
    }));
    return { value: undefined, lineOf: () => 1, errors: firstOfEach(errors) };
  }
  const places: Places = { offsets: new Map(), twice: [] };
  find(places, document.contents, "");
  const lineOf = (pointer: string): number => {
    for (let end = pointer.length; end > 0; end = pointer.lastIndexOf("/", end - 1)) {
      const offset = places.offsets.get(pointer.slice(0, end));
      if (offset !== undefined) return toLine(offset);
    }
    return 1;
  };
  const errors = places.twice.map((offset) => ({ line: toLine(offset), message: "Map keys must be unique" }));
  try {
    return { value: document.toJS(), lineOf, errors };
  } catch (error) {
    // Aliases that would expand to too much.
    const message = errorMessage(error);
    return { value: undefined, lineOf, errors: [{ line: 1, message }] };
  }
}

interface Places {
  /** By JSON pointer, the offset of its value in the text. */
  readonly offsets: Map<string, number>;
  /** The offsets of repeated keys. */
  readonly twice: number[];
}

function find(places: Places, node: unknown, pointer: string): void {
  if (!isNode(node)) return;
  places.offsets.set(pointer, node.range?.[0] ?? 0);
  if (isSeq(node))
    for (const [index, item] of node.items.entries()) find(places, item, pointTo(pointer, index));
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    if (!isScalar(key)) continue;
    const place = pointTo(pointer, String(key.value));
    if (places.offsets.has(place)) places.twice.push(key.range?.[0] ?? 0);
    else find(places, value, place);
  }
}

const shorten = (text: string): string =>
  text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}...` : text;

/** An unclosed bracket is reported again for every outer level. */
const firstOfEach = (errors: ParsedText["errors"]): ParsedText["errors"] => [
  ...new Map(errors.toReversed().map((error) => [error.message, error])).values(),
];
