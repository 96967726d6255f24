import { expect, test } from "vitest";
import { FAULTS } from "../../../src/local/scenarios/faults/faults.ts";
import { read } from "../../docs/pages.ts";

const page = read("docs/reference/scenario-file.md");

/** The first cells of the reference's table of effects. */
function effectCells(): string[] {
  const [, table = ""] = page.split(/^\| effect \|.*\n\|---\|---\|\n/m);
  const rows = table.slice(0, table.indexOf("\n\n")).split("\n");
  // A bar within a cell is escaped.
  return rows.map((row) => row.slice(2, row.search(/(?<!\\) \| /)));
}

test("the table of effects has a row for every fault, and no other", () => {
  const named = effectCells().map((cell) => /^`(\w+): \{/.exec(cell)?.[1] ?? cell);
  expect(named.toSorted()).toEqual([...FAULTS.keys()].toSorted());
});

test("the table of effects names every option of a fault that has any", () => {
  const forgotten = effectCells().flatMap((cell) => {
    const name = /^`(\w+)/.exec(cell)?.[1] ?? "";
    const { properties = {} } = FAULTS.get(name)?.schema ?? {};
    return Object.keys(properties)
      .filter((option) => !new RegExp(`\\b${option}\\b`).test(cell))
      .map((option) => `${name}.${option}`);
  });
  expect(forgotten).toEqual([]);
});
