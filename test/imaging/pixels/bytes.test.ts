import fc from "fast-check";
import { expect, test } from "vitest";
import { isZeros } from "../../../src/imaging/pixels/bytes.ts";

test("zeros are told from bytes of which one is not 0, wherever they are in memory", () => {
  const bytes = fc.array(fc.constantFrom(0, 0, 0, 0, 7), { maxLength: 12 });
  fc.assert(
    fc.property(bytes, fc.nat({ max: 3 }), (values, offset) => {
      const memory = Uint8Array.from([...Array.from({ length: offset }, () => 9), ...values, 9]);
      expect(isZeros(memory.subarray(offset, -1))).toBe(values.every((value) => value === 0));
    }),
  );
});
