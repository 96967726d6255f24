import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBoundedJson, parseUniqueJson, tryParseJson } from "../../src/api/json.ts";

const BOUNDS = { maxValues: 100, maxDepth: 10 };
const parse = (text: string): unknown => parseBoundedJson(text, BOUNDS);
const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

describe("JSON with bounds", () => {
  test.each([
    ["very many items", `[${"{},".repeat(600_000)}{}]`, "has more than 100 values"],
    ["very many members", `{${'"a":1,'.repeat(100)}"a":1}`, "has more than 100 values"],
    ["very many empty arrays without commas", "[]".repeat(101), "has more than 100 values"],
    ["very many levels", nested(11), "is more than 10 levels deep"],
    ["levels without an end", '{"a":'.repeat(400_000), "is more than 10 levels deep"],
  ])("is refused before it is parsed where it has %s", (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test.each([
    nested(10),
    `[${"1,".repeat(99)}1]`,
    JSON.stringify({ a: "[".repeat(1_000) + ",".repeat(1_000) }),
    JSON.stringify({ a: '"[\\"[\\\\"'.repeat(1_000) }),
    JSON.stringify(["\\", "[[[[[[[[[[[[", "\\\\"]),
  ])("is parsed where it has no more than its bounds, whatever its strings hold: %j", (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test("is what JSON.parse makes of it, or the same error", () => {
    const wide = { maxValues: Infinity, maxDepth: Infinity };
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const outcome = (read: () => unknown): unknown => {
          try {
            return read();
          } catch (error) {
            return String(error);
          }
        };
        expect(outcome(() => parseBoundedJson(text, wide))).toEqual(outcome(() => JSON.parse(text)));
      }),
    );
  });
});

test.each([
  ["null", null],
  ['{"a":1}', { a: 1 }],
  ["", undefined],
  ['{"a":', undefined],
])("of the text %j, JSON that may be none is %j", (text, value) => {
  expect(tryParseJson(text)).toEqual(value);
});

describe("JSON with unique names", () => {
  test.each(['{"a":1,"a":1}', '[{"b":{}},{"b":[],"c":{"d":1,"d":[2,3]}}]', '{"__proto__":1,"__proto__":{}}'])(
    "is refused where an object has a name twice: %s",
    (text) => {
      expect(() => parseUniqueJson(text, BOUNDS)).toThrow("has an object with the same name twice");
    },
  );

  test("is otherwise what JSON.parse makes of it", () => {
    const wide = { maxValues: Infinity, maxDepth: Infinity };
    fc.assert(
      fc.property(fc.json(), (text) => {
        const unique = JSON.stringify(JSON.parse(text));
        expect(parseUniqueJson(unique, wide)).toEqual(JSON.parse(unique));
      }),
    );
  });
});
