import { readFileSync } from "node:fs";

/** What a section of a page has its reader copy: files, and then the lines of a shell. */
export interface Section {
  /** Code by the name of its file, which is in the first line of a block: `// imaging.test.js`. */
  readonly files: ReadonlyMap<string, string>;
  /** The last one runs what the others have prepared. */
  readonly commands: readonly string[];
}

/** The sections of a page by heading. @param page the path of a Markdown file */
export function readSections(page: string): ReadonlyMap<string, Section> {
  const [, ...sections] = readFileSync(page, "utf8").split(/^## /m);
  return new Map(sections.map((text) => [text.slice(0, text.indexOf("\n")), readSection(text)]));
}

function readSection(text: string): Section {
  const files = new Map<string, string>();
  const commands: string[] = [];
  for (const [, language = "", code = ""] of text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (language === "sh") commands.push(...code.trim().split("\n"));
    else files.set(nameOf(code), code);
  }
  return { files, commands };
}

function nameOf(code: string): string {
  const name = /^(?:\/\/|#) (\S+)\n/.exec(code)?.[1];
  if (name === undefined) throw new Error(`a block does not begin with the name of its file: ${code}`);
  return name;
}
