import { isNode, LineCounter, parseDocument } from "yaml";

/** What a text of YAML or JSON holds, and where. */
export interface ParsedText {
  /** Undefined where it cannot be read. */
  readonly value: unknown;
  /** The line of what a JSON pointer names or, where it is not there, of what is around it; from 1. */
  readonly lineOf: (pointer: string) => number;
  readonly errors: readonly { readonly line: number; readonly message: string }[];
}

export function parseText(text: string): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.some(({ code }) => code === "RESOURCE_EXHAUSTION"))
    return { value: undefined, lineOf: () => 1, errors: [{ line: 1, message: "it is nested too deeply" }] };
  const errors = document.errors.map(({ pos: [start], message }) => ({
    line: lines.linePos(start).line,
    message,
  }));
  // Where a key is there twice, the rest can be read all the same.
  const isReadable = document.errors.every(({ code }) => code === "DUPLICATE_KEY");
  if (!isReadable) return { value: undefined, lineOf: () => 1, errors: firstOfEach(errors) };
  const lineOf = (pointer: string): number => {
    for (const path = pathOf(pointer); path.length > 0; path.pop()) {
      const node = document.getIn(path, true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  try {
    return { value: document.toJS(), lineOf, errors };
  } catch (error) {
    // Aliases that would unfold into too much.
    const message = error instanceof Error ? error.message : String(error);
    return { value: undefined, lineOf, errors: [{ line: 1, message }] };
  }
}

/** What is not closed is told again for every level above it. */
const firstOfEach = (errors: ParsedText["errors"]): ParsedText["errors"] => [
  ...new Map(errors.toReversed().map((error) => [error.message, error])).values(),
];

const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
