import fc from "fast-check";
import { expect, test } from "vitest";
import { isBase64 } from "../../src/api/base64.ts";

/** RFC 4648, 4, group by group. */
const GROUPS = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

test("base64 is told from other strings as the groups of RFC 4648 tell it", () => {
  const characters = fc.constantFrom("A", "z", "0", "+", "/", "=", "-", " ", "\n");
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 12 }), (text) => {
      expect(isBase64(text)).toBe(GROUPS.test(text));
    }),
    { numRuns: 5_000 },
  );
});

test("whatever bytes Node.js encodes is base64", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(isBase64(Buffer.from(bytes).toString("base64"))).toBe(true);
    }),
  );
});
