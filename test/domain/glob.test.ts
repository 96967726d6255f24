import fc from "fast-check";
import { expect, test } from "vitest";
import { compileGlobs, compileIamPattern } from "../../src/domain/glob.ts";

/** The same as a regular expression, which takes exponential time if a pattern matches in many ways. */
function toExpression(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*+|\?|[.+]/g, (sign) => {
    if (sign === "**/") return "(?:.*/)?";
    if (sign === "*") return "[^/]*";
    if (sign === "?") return "[^/]";
    return sign.startsWith("*") ? ".*" : `\\${sign}`;
  });
  return new RegExp(`^${source}$`, "su");
}

test("a pattern matches what the equivalent regular expression matches", () => {
  const signs = fc.constantFrom("a", "b", "/", "*", "**", "**/", "?", "+", "ü", "\u{1f9e0}");
  const patterns = fc.array(signs, { maxLength: 8 }).map((parts) => parts.join(""));
  const texts = fc
    .array(fc.constantFrom("a", "b", "/", "+", "ü", "\u{1f9e0}", "\n"), { maxLength: 10 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(compileGlobs(pattern)(text)).toBe(toExpression(pattern).test(text));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  [`${"*a".repeat(100)}b`, "a".repeat(1024)],
  [`${"**a".repeat(80)}b`, "a".repeat(1024)],
  [`${"**/".repeat(80)}x`, "a/".repeat(512)],
  [`${"?*".repeat(100)}/`, "\u{1f9e0}".repeat(1024)],
])("a pattern with many wildcards finds at once that it does not match a long text: $0", (pattern, text) => {
  expect(compileGlobs(pattern)(text)).toBe(false);
  expect(compileGlobs([pattern, "x", "**"])(text)).toBe(true);
});

test("an empty list of patterns matches no text, and no pattern matches a missing text", () => {
  expect([compileGlobs([])("a"), compileGlobs("**")(undefined)]).toEqual([false, false]);
});

test("a pattern of IAM matches what the equivalent regular expression matches", () => {
  const toExpressionOfIam = (pattern: string): RegExp =>
    new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`, "su");
  const patterns = fc.string({ unit: fc.constantFrom("a", "b", "/", ":", "*", "?"), maxLength: 8 });
  const texts = fc.string({ unit: fc.constantFrom("a", "b", "/", ":"), maxLength: 10 });
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(compileIamPattern(pattern)(text)).toBe(toExpressionOfIam(pattern).test(text));
    }),
    { numRuns: 5_000 },
  );
});
