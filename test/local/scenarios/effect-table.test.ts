import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { FAULTS } from "../../../src/local/scenarios/faults/faults.ts";

const readme = readFileSync(resolve(import.meta.dirname, "../../../README.md"), "utf8");

/** The first cells of the README's table of effects. */
function effectCells(): string[] {
  const [, table = ""] = readme.split(/^\| effect \|.*\n\|---\|---\|\n/m);
  const rows = table.slice(0, table.indexOf("\n\n")).split("\n");
  // A bar within a cell is escaped.
  return rows.map((row) => row.slice(2, row.search(/(?<!\\) \| /)));
}

test("the README's table of effects has a row for every fault, and no other", () => {
  const named = effectCells().map((cell) => /^`(\w+): \{/.exec(cell)?.[1] ?? cell);
  expect(named.toSorted()).toEqual([...FAULTS.keys()].toSorted());
});

test("the README's table of effects names every option of a fault that has any", () => {
  const forgotten = effectCells().flatMap((cell) => {
    const name = /^`(\w+)/.exec(cell)?.[1] ?? "";
    const { properties = {} } = FAULTS.get(name)?.schema ?? {};
    return Object.keys(properties)
      .filter((option) => !new RegExp(`\\b${option}\\b`).test(cell))
      .map((option) => `${name}.${option}`);
  });
  expect(forgotten).toEqual([]);
});
