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

test("there is no closest name where no name is known", () => {
  expect(closest("account", [])).toBeUndefined();
});
