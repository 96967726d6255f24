/** Enough for 10,000 parts with a checksum of every algorithm, and for 1,000 keys with conditions. */
const MAX_TAGS = 200_000;
const MAX_ATTRIBUTES = 20_000;
/** S3's deepest element is at the third level. */
const MAX_DEPTH = 16;

interface Tag {
  readonly kind: "start" | "end" | "empty";
  readonly attributes: number;
  /** Index of the character after it. */
  readonly end: number;
}

/**
 * Estimates in one pass, without building anything, what an XML text would cost a parser.
 * @returns what is wrong with it; undefined if it may be parsed
 */
export function excessOfXml(text: string): string | undefined {
  let tags = 0;
  let attributes = 0;
  let depth = 0;
  for (let start = text.indexOf("<"); start !== -1;) {
    const tag = text.startsWith("<!--", start) ? readComment(text, start) : readTag(text, start);
    if (tag === undefined) return "a tag or a comment has no end";
    if (++tags > MAX_TAGS) return `it has more than ${MAX_TAGS} tags`;
    attributes += tag.attributes;
    if (attributes > MAX_ATTRIBUTES) return `it has more than ${MAX_ATTRIBUTES} attributes`;
    depth += STEP[tag.kind];
    if (depth > MAX_DEPTH) return `it is more than ${MAX_DEPTH} levels deep`;
    start = text.indexOf("<", tag.end);
  }
  return undefined;
}

const STEP: Readonly<Record<Tag["kind"], number>> = { start: 1, end: -1, empty: 0 };

function readComment(text: string, start: number): Tag | undefined {
  const end = text.indexOf("-->", start + "<!--".length);
  return end === -1 ? undefined : { kind: "empty", attributes: 0, end: end + "-->".length };
}

/** A quoted value may contain a `>`. */
function readTag(text: string, start: number): Tag | undefined {
  let words = 0;
  let equals = 0;
  for (let index = start + 1; index < text.length; index++) {
    const character = text[index] ?? "";
    if (character === ">")
      return { kind: kindOf(text, start, index), attributes: Math.max(words, equals), end: index + 1 };
    if (character === "=") equals++;
    else if (isSpace(character) && !isSpace(text[index - 1] ?? "")) words++;
    else if (character === '"' || character === "'") {
      index = text.indexOf(character, index + 1);
      if (index === -1) return undefined;
    }
  }
  return undefined;
}

function kindOf(text: string, start: number, end: number): Tag["kind"] {
  const first = text[start + 1];
  if (first === "/") return "end";
  return first === "?" || text[end - 1] === "/" ? "empty" : "start";
}

const isSpace = (character: string): boolean => " \n\r\t".includes(character);
