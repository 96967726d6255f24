import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** Of the repository, by path. */
export const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

export const find = (pattern: string): string[] => globSync(pattern, { cwd: ROOT }).toSorted();

/** A part of a page, from one heading to the next. */
export interface Section {
  /** As GitHub makes it of the heading. */
  readonly anchor: string;
  readonly text: string;
}

/** The sections of a page below its headings of one level, in order. */
export function sectionsOf(page: string, level: 2 | 3): Section[] {
  const headings = new RegExp(`^#{1,${level}} .*$`, "gm");
  return [...page.matchAll(headings)]
    .map(({ 0: line, index }) => ({ line, rest: page.slice(index + line.length) }))
    .filter(({ line }) => line.startsWith(`${"#".repeat(level)} `))
    .map(({ line, rest }) => ({
      anchor: anchorOf(line.slice(level + 1)),
      text: rest.split(headings)[0]?.trim() ?? "",
    }));
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");

/** A page without its code: what looks like a link or a heading in code is none. */
export const proseOf = (page: string): string =>
  page.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "``");

/** All anchors of a page. A heading that comes again has its number, as on GitHub. */
export function anchorsOf(page: string): string[] {
  const headings = page.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/^#{1,6} (.*)$/gm);
  const seen = new Map<string, number>();
  return [...headings].map(([, heading = ""]) => {
    const anchor = anchorOf(heading);
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** What is found in a text, and the name of its file. */
export interface Found {
  readonly what: string;
  readonly file: string;
}

/** Every match of a pattern's first group in the sources. */
export const findInSources = (pattern: RegExp): Found[] =>
  find("src/**/*.{ts,json}").flatMap((path) =>
    [...read(path).matchAll(pattern)].map(([, what = ""]) => ({ what, file: basename(path) })),
  );
