import { expect, test } from "vitest";
import { closest } from "../../src/domain/closest.ts";

test.each([
  ["acount", "account"],
  ["Buckets", "buckets"],
  ["bucket", "buckets"],
  ["accuont", "account"],
  ["", undefined],
  ["clock", undefined],
  ["x".repeat(100_000), undefined],
])("the known name closest to '$0' is $1", (name, meant) => {
  expect(closest(name, ["account", "buckets"])).toBe(meant);
});

test.each([
  ["data-folder", "data"],
  ["SCENARIO-S", "scenario-seed"],
  ["logs", undefined],
  ["l", undefined],
])("where none is similar, '%s' is the beginning of %s, or the other way round", (name, meant) => {
  expect(closest(name, ["data", "scenario-seed", "logs-level", "logs-format"])).toBe(meant);
});

test("there is no closest name where no name is known", () => {
  expect(closest("account", [])).toBeUndefined();
});
