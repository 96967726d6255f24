/**
 * Texts that a pattern stands for: `*` is any text without a slash, `**` any text, `?` one character.
 * Compiled once; several patterns are alternatives.
 */
export function compileGlobs(patterns: string | readonly string[]): (text: string | undefined) => boolean {
  const expressions = (typeof patterns === "string" ? [patterns] : patterns).map(compile);
  return (text) => text !== undefined && expressions.some((expression) => expression.test(text));
}

function compile(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*+|\?|[\\^$.|+()[\]{}]/g, (sign) => SIGNS[sign] ?? anyOf(sign));
  return new RegExp(`^${source}$`, "su");
}

/** `**` and a slash may also stand for nothing: a file in the folder itself. */
const SIGNS: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]" };

const anyOf = (sign: string): string => (sign.startsWith("*") ? ".*" : `\\${sign}`);
