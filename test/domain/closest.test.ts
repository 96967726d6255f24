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
])("%j means %j", (name, meant) => {
  expect(closest(name, ["account", "buckets"])).toBe(meant);
});

test("there may be nothing to mean", () => {
  expect(closest("account", [])).toBeUndefined();
});
