import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { released, sameOf, switchedBack, SWITCHES_BACK, today, type CodeBlock } from "../documents.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Of the blocks that name no test, by how they begin, the test of what they do; none for a drawing. */
const TESTED_BY: Readonly<Record<string, string | undefined>> = {
  "npm install && npm start": "test/app/cli/serve.system.test.ts",
  "docker build -t healthimaging-local": "test/container.system.test.ts",
  "npm pack": "test/package.system.test.ts",
  "npm start -- --scenario import-partial": "test/compatibility/serve.system.test.ts",
  "npm test": "test/README.md",
  "states: # the first": "test/local/scenarios/readme-example.test.ts",
  "src/\n": undefined,
};
const beginningOf = ({ code }: CodeBlock): string | undefined =>
  Object.keys(TESTED_BY).find((beginning) => code.startsWith(beginning));

/** The test of today that runs a block of 0.1.0, which may name it as it was called then. */
function findTest(block: CodeBlock): string | undefined {
  if (block.test === undefined) return TESTED_BY[beginningOf(block) ?? ""];
  const [name = ""] = basename(block.test).split(".");
  return today.find(({ test: own = "" }) => basename(own).startsWith(`${name}.`))?.test;
}

const pairs = released.map((block) => ({ block, same: sameOf(block), runner: findTest(block) }));
const isDrawing = ({ block }: { readonly block: CodeBlock }): boolean => block.language === "";

test.each(pairs.filter(({ same }) => same !== undefined))(
  "$block.at is today's $same.at, character for character",
  ({ block, same }) => {
    expect(same?.code).toBe(block.code);
  },
);

test.each(pairs.filter((pair) => pair.same === undefined && !isDrawing(pair)))(
  "$block.at is another one today and is run by $runner",
  ({ block, runner }) => {
    if (runner === undefined) throw new Error(`no test of today runs ${block.at}, which names ${block.test}`);
    if (block.test === undefined) return;
    const text = readFileSync(join(ROOT, runner), "utf8");
    // Either it runs all blocks that name it, or it fails where one is left over.
    expect(text).toMatch(/readDocuments\(/);
    expect(text).toMatch(/\.of\(import\.meta\.filename\)|\.notRun\(import\.meta\.filename\)/);
  },
);

test("each block of 0.1.0's README names a test, or what it does is tested elsewhere", () => {
  expect(released).toHaveLength(26);
  const unmarked = released.filter((block) => block.test === undefined);
  expect(new Set(unmarked.map(beginningOf))).toEqual(new Set(Object.keys(TESTED_BY)));
  for (const path of Object.values(TESTED_BY)) expect(existsSync(join(ROOT, path ?? ""))).toBe(true);
});

test("each switch that brings 0.1.0's behaviour back has a block to which it applies", () => {
  for (const { block, to } of SWITCHES_BACK) {
    const code = released.find((each) => each.code.startsWith(`${block}\n`))?.code ?? "";
    expect(switchedBack(code)).toContain(to);
  }
});
