import { expect, test } from "vitest";
import { closest, nearest } from "../../src/domain/closest.ts";

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

test("the nearest names are the similar ones, then those with the same beginning", () => {
  const names = ["tls-folder", "tls", "tls-host", "throttling", "data"];
  expect(nearest("tlss", names, 3)).toEqual(["tls"]);
  expect(nearest("tls-", names, 3)).toEqual(["tls", "tls-folder", "tls-host"]);
  expect(nearest("tls-", names, 1)).toEqual(["tls"]);
  expect(nearest("seed", names, 3)).toEqual([]);
});

test("there is no closest name where no name is known", () => {
  expect(closest("account", [])).toBeUndefined();
});
