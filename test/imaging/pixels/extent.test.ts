import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extent, keepWithin } from "../../../src/imaging/pixels/extent.ts";

const TYPES = [
  ["Uint8Array", Uint8Array],
  ["Int8Array", Int8Array],
  ["Uint16Array", Uint16Array],
  ["Int16Array", Int16Array],
] as const;

describe.each(TYPES)("the extent of the samples of type %s", (name, type) => {
  const isSigned = name.startsWith("I");
  const anyNumbers = fc.array(fc.integer({ min: -40_000, max: 70_000 }), { minLength: 1, maxLength: 70 });

  it("is their lowest and highest value", () => {
    const property = fc.property(anyNumbers, fc.nat(3), (numbers, skipped) => {
      const samples = type.from([...Array<number>(skipped).fill(0), ...numbers]).subarray(skipped);
      const [min, max] = [Math.min(...samples), Math.max(...samples)];
      expect(extent(samples)).toEqual({ min, max });
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("is found at any position among many samples", () => {
    const samples = new type(200_001).fill(50);
    for (const at of [0, 15, 16, 65_519, 65_520, 131_039, 131_040, 131_041, 199_999, 200_000]) {
      samples[at] = 100;
      expect(extent(samples)).toEqual({ min: 50, max: 100 });
      samples[at] = 7;
      expect(extent(samples)).toEqual({ min: 7, max: 50 });
      samples[at] = 50;
    }
  });

  it("does not depend on the frame before", () => {
    extent(type.of(0, 100));
    expect(extent(type.of(50))).toEqual({ min: 50, max: 50 });
    expect(extent(new type())).toEqual({ min: 0, max: 0 });
  });

  it("tells whether they fit in a number of bits", () => {
    const property = fc.property(
      anyNumbers,
      fc.integer({ min: 1, max: type.BYTES_PER_ELEMENT * 8 }),
      (numbers, bits) => {
        const samples = type.from(numbers);
        const lowest = isSigned ? -(2 ** (bits - 1)) : 0;
        const isWithin = [...samples].every((sample) => sample >= lowest && sample < lowest + 2 ** bits);
        expect(keepWithin(samples, bits, isSigned)).toBe(isWithin);
      },
    );
    fc.assert(property);
  });
});
