import { basename } from "node:path";
import { expect, test } from "vitest";
import { find, findInSources, read, sectionsOf } from "./pages.ts";

const PAGES = find("docs/facts/*.md").filter((path) => basename(path) !== "README.md");
const CITATION = String.raw`[a-z0-9-]+#[a-z0-9-]+`;

/** By the way they are cited: `frames#jph-file`. */
const facts = PAGES.flatMap((path) =>
  sectionsOf(read(path), 2).map(({ anchor, text }) => ({ id: `${basename(path, ".md")}#${anchor}`, text })),
);
const ids = new Set(facts.map(({ id }) => id));
/** A comment may be wrapped within a list of citations. */
const citations = findInSources(new RegExp(`facts: (${CITATION}(?:,[\\s*]+${CITATION})*)`, "g")).flatMap(
  ({ what, file }) => what.split(/,[\s*]+/).map((id) => ({ id, file })),
);

test("every citation in the sources leads to a fact", () => {
  expect(citations.length).toBeGreaterThan(50);
  expect(citations.filter(({ id }) => !ids.has(id))).toEqual([]);
});

test("everything in the sources that begins as a citation is one", () => {
  const malformed = findInSources(new RegExp(`(facts:(?! ${CITATION}).*)`, "g"));
  expect(malformed).toEqual([]);
});

test("every fact is cited, or says that it is background", () => {
  const cited = new Set(citations.map(({ id }) => id));
  const idle = facts.filter(({ id, text }) => !cited.has(id) && !text.startsWith("_Background._"));
  expect(idle.map(({ id }) => id)).toEqual([]);
});

test("every fact has its evidence, and none stands twice on a page", () => {
  expect(facts.filter(({ text }) => !/^Evidence: \S/m.test(text)).map(({ id }) => id)).toEqual([]);
  expect(facts.length).toBe(ids.size);
});

test("the index of the facts lists every page", () => {
  const listed = [...read("docs/facts/README.md").matchAll(/^\| \[[\w-]+\]\(([\w-]+\.md)\)/gm)];
  expect(listed.map(([, name = ""]) => name).toSorted()).toEqual(PAGES.map((path) => basename(path)));
});

test("the sources cite no sheet that a reader of the repository does not have", () => {
  expect(findInSources(/((?:service|client)-facts|codec-notes)/g)).toEqual([]);
});
