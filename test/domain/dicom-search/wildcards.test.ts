import fc from "fast-check";
import { expect, test } from "vitest";
import { compileWildcards } from "../../../src/domain/dicom-search/wildcards.ts";

/** A character of the text may be one of two UTF-16 units, and a star of the pattern as well. */
const TEXT = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "𠮷"), maxLength: 8 });

test("wildcards match what the same regular expression does", () => {
  fc.assert(
    fc.property(TEXT, TEXT, (pattern, text) => {
      const expression = pattern.replaceAll("?", ".").replaceAll("*", ".*");
      expect(compileWildcards(pattern)(text)).toBe(new RegExp(`^${expression}$`, "su").test(text));
    }),
    { numRuns: 2_000 },
  );
});

test("many stars take no longer than the text times the pattern", () => {
  const isMatch = compileWildcards(`${"*a".repeat(2_000)}?b`);
  expect(isMatch("a".repeat(5_000))).toBe(false);
});
