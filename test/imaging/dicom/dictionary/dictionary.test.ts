import { expect, test } from "vitest";
import { lookUp } from "../../../../src/imaging/dicom/dictionary/dictionary.ts";

test("an element of the dictionary has the keyword and VR of PS3.6", () => {
  expect(lookUp("00100010")).toEqual({ keyword: "PatientName", vr: "PN", isList: false });
});

test.each(["00080008", "00281050", "00280030", "00200037"])(
  "the dictionary allows several values of %s",
  (tag) => {
    expect(lookUp(tag)?.isList).toBe(true);
  },
);

test("the edition of the dictionary is 2022b, which introduced Pyramid UID", () => {
  expect(lookUp("00080019")?.keyword).toBe("PyramidUID");
});

test("retired elements are in the dictionary", () => {
  expect(lookUp("00080001")?.keyword).toBe("LengthToEnd");
});

test("file meta information is in the dictionary, commands and items are not", () => {
  expect(lookUp("00020010")?.keyword).toBe("TransferSyntaxUID");
  expect(lookUp("00000100")).toBeUndefined();
  expect(lookUp("FFFEE000")).toBeUndefined();
});

test.each([
  ["60000010", "60020010", "OverlayRows"],
  ["50003000", "501E3000", "CurveData"],
  ["00203100", "002031FF", "SourceImageIDs"],
  ["00280410", "00280420", "RowsForNthOrderCoefficients"],
  ["00280800", "00280810", "CodeLabel"],
  ["10000013", "10001233", "HuffmanTableTriplet"],
  ["7F000010", "7F020010", "VariablePixelData"],
])("%s has a keyword and a VR, and its repeat %s has only the VR", (base, repeat, keyword) => {
  const entry = lookUp(base);
  expect(entry?.keyword).toBe(keyword);
  expect(lookUp(repeat)).toEqual({ ...entry, keyword: undefined });
});

test.each(["00091001", "60010010", "00100000", "__proto__"])("%s is not in the dictionary", (tag) => {
  expect(lookUp(tag)).toBeUndefined();
});
