import { expect, test } from "vitest";
import { vrOfValue } from "../../../../src/imaging/dicom/metadata/value-vr.ts";

test.each([
  { value: 5, isSigned: false, vr: "US" },
  { value: 5, isSigned: true, vr: "SS" },
  { value: -5, isSigned: false, vr: "SS" },
  { value: 63_536, isSigned: true, vr: "US" },
  { value: [-1, 1], isSigned: false, vr: "SS" },
])("a pixel value $value of signed pixels $isSigned is $vr", ({ value, isSigned, vr }) => {
  expect(vrOfValue("00280120", value, {}, { vrs: {}, path: "", isSigned })).toBe(vr);
});
