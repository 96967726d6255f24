/** A text for people, and where it stands. */
export interface Passage {
  /** `path:line` */
  readonly at: string;
  readonly text: string;
}

/** Comments, strings and templates. A quote in a regular expression may begin a string, which ends with its line. */
const TEXTS =
  /\/\*[^]*?\*\/|(?:(?<=^|\s)\/\/[^\n]*(?:\n\s*)?)+|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`/gm;

/** Strings that follow each other with a plus are one text. */
const JOINED = /(["'`])\s*\+\s*["'`]/g;

/** The comments and strings of a source in TypeScript, without expressions in templates. */
export function commentsAndStrings(path: string, source: string): Passage[] {
  const joined = source.replaceAll(JOINED, (all) => "\n".repeat(all.split("\n").length - 1));
  const texts: Passage[] = [];
  let [line, from] = [1, 0];
  for (const { 0: text, index } of joined.matchAll(TEXTS)) {
    line += joined.slice(from, index).split("\n").length - 1;
    from = index;
    if (text.includes(" ")) texts.push({ at: `${path}:${line}`, text: text.replaceAll(/\$\{[^}]*\}/g, "N") });
  }
  return texts;
}
