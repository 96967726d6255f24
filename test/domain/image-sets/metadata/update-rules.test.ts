import { describe, expect, test } from "vitest";
import { InvalidChange } from "../../../../src/domain/image-sets/metadata/invalid-change.ts";
import { readValue } from "../../../../src/domain/image-sets/metadata/update-rules.ts";

const SIGNED = { PixelRepresentation: 1 };
const UNSIGNED = { PixelRepresentation: 0 };

/** PS3.6 has US or SS for it. */
const KEYWORD = "SmallestImagePixelValue";

describe("a value whose VR the dictionary leaves open", () => {
  test("may be negative where samples are signed", () => {
    expect(readValue(KEYWORD, -5, SIGNED)).toBe(-5);
  });

  test.each([
    ["signed", SIGNED, 40_000, "SS"],
    ["unsigned", UNSIGNED, -5, "US"],
  ])("must fit the VR of %s samples", (_, around, value, vr) => {
    expect(() => readValue(KEYWORD, value, around)).toThrow(InvalidChange);
    expect(() => readValue(KEYWORD, value, around)).toThrow(
      `DICOM attribute ${KEYWORD} has a value that is not of its VR ${vr}`,
    );
  });
});

test("an empty value empties an attribute", () => {
  expect([readValue("PatientID", "", {}), readValue("PatientID", null, {})]).toEqual([null, null]);
});

test("a value of single precision is kept as an import reads it", () => {
  expect(readValue("RecommendedDisplayFrameRateInFloat", 0.1, {})).toBe(Math.fround(0.1));
});
