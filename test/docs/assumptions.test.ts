import { expect, test } from "vitest";
import { findInSources, read, sectionsOf } from "./pages.ts";

const REGISTER = "docs/reference/assumptions.md";
const MARK = String.raw`Assumed: ([a-z0-9]+(?:-[a-z0-9]+)+)\. `;

const marks = findInSources(new RegExp(MARK, "g"));
const entries = sectionsOf(read(REGISTER), 3);

const repeated = (names: readonly string[]): string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

test("every mark in the sources has an id and says what is assumed", () => {
  expect(marks.length).toBeGreaterThan(90);
  const others = findInSources(new RegExp(`((?!${MARK})\\bAssumed\\b.*)`, "g"));
  // The table of quotas is kept as it was published with its note.
  expect(others.filter(({ file }) => file !== "quotas.json")).toEqual([]);
});

test("every assumption is marked once in the sources and has one entry in the register", () => {
  const [marked, listed] = [marks.map(({ what }) => what), entries.map(({ anchor }) => anchor)];
  expect(repeated(marked)).toEqual([]);
  expect(repeated(listed)).toEqual([]);
  expect(marked.filter((id) => !listed.includes(id))).toEqual([]);
  expect(listed.filter((id) => !marked.includes(id))).toEqual([]);
});

test("every entry says what is open, what speaks for it and where it stands", () => {
  const incomplete = entries.filter(
    ({ text }) =>
      !/^\S[^\n]+\n\n- Open: \S.*\n- Evidence: \S.*\n(- Switch: \S.*\n)?- Code: `[\w.-]+`$/.test(text),
  );
  expect(incomplete.map(({ anchor }) => anchor)).toEqual([]);
  const files = Object.fromEntries(
    entries.map(({ anchor, text }) => [anchor, /Code: `(.*)`/.exec(text)?.[1]]),
  );
  expect(files).toEqual(Object.fromEntries(marks.map(({ what, file }) => [what, file])));
});
