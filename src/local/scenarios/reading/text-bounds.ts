import { Lexer } from "yaml";

/** Five times as many as a thousand rules with three effects have; a parser takes microseconds for each. */
const MAX_TOKENS = 100_000;
const MAX_DEPTH = 500;
/**
 * A key without the form `? key` is at most this long (YAML 1.2.2, 7.4.2), so a level that starts further
 * right is one of very many.
 */
const MAX_COLUMN = 1024;

const OPENING = new Set(["[", "{"]);
const CLOSING = new Set(["]", "}"]);
const INDICATORS = new Set(["-", "?", ":"]);

/**
 * Estimates what a YAML text would cost a parser: splits it into tokens, up to the first excess.
 * @returns what there is too much of, and its line; undefined if it may be parsed
 */
export function excessOfYaml(text: string): { readonly line: number; readonly message: string } | undefined {
  let tokens = 0;
  let line = 1;
  let column = 0;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    if (++tokens > MAX_TOKENS) return { line, message: `it has more than ${MAX_TOKENS} tokens` };
    if (OPENING.has(token)) depth++;
    else if (CLOSING.has(token)) depth = Math.max(0, depth - 1);
    const isFar = depth === 0 && column > MAX_COLUMN && INDICATORS.has(token);
    if (isFar || depth > MAX_DEPTH) return { line, message: "it is nested too deeply" };
    const lines = token.split("\n");
    line += lines.length - 1;
    column = (lines.length > 1 ? 0 : column) + (lines.at(-1)?.length ?? 0);
  }
  return undefined;
}
