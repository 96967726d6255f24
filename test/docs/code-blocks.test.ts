import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { today } from "../documents.ts";
import { read } from "./pages.ts";

/** Output, drawings and lists are not code. */
const NOT_CODE = new Set(["", "text", "mermaid"]);
const code = today.filter(({ language }) => !NOT_CODE.has(language));
const at = (blocks: typeof today): string[] => blocks.map((block) => block.at);

test("every block with code is run by a test, does what a test does, or says why nothing runs it", () => {
  const marksOf = ({ test: own, likewise, notRunSince }: (typeof today)[number]): number =>
    [own, likewise, notRunSince].filter((mark) => mark !== undefined).length;
  expect(at(code.filter((block) => marksOf(block) !== 1))).toEqual([]);
});

test("a block that names a test as its runner is read by that test", () => {
  const runners = new Set(code.flatMap(({ test: own }) => own ?? []));
  const others = [...runners].filter((path) => !/readDocuments\(|runBlock\(/.test(read(path)));
  expect(others).toEqual([]);
});

test("a block that a test does not run as it stands names one that is there", () => {
  const named = code.filter(({ likewise }) => likewise !== undefined && !existsSync(likewise));
  expect(at(named)).toEqual([]);
});

test("only code that no program of a usual test machine runs is left out", () => {
  const left = new Set(
    code.filter(({ notRunSince }) => notRunSince !== undefined).map(({ language }) => language),
  );
  expect([...left].toSorted()).toEqual(["go", "java"]);
});
