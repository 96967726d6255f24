import { describe, expect, test } from "vitest";
import type { MetadataObject } from "../../../../src/imaging/dicom/element-value.ts";
import { writeDicomJson, type DicomJsonOptions } from "../../../../src/imaging/dicom/metadata/dicom-json.ts";

const write = (attributes: MetadataObject, options: Partial<DicomJsonOptions> = {}): unknown =>
  JSON.parse(writeDicomJson(attributes, { vrs: {}, ...options }));

describe("in the DICOM JSON Model", () => {
  test.each<[what: string, attributes: MetadataObject, expected: object]>([
    ["a name that DICOM does not have is left out", { NotAKeyword: "1" }, {}],
    ["text is a list", { Modality: "CT" }, { "00080060": { vr: "CS", Value: ["CT"] } }],
    [
      "an empty component is null",
      { ImageType: ["ORIGINAL", "", "A"] },
      { "00080008": { vr: "CS", Value: ["ORIGINAL", null, "A"] } },
    ],
    ["an element without a value has none", { StudyDate: null }, { "00080020": { vr: "DA" } }],
    [
      "a person name has its component groups",
      { PatientName: "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=" },
      {
        "00100010": {
          vr: "PN",
          Value: [{ Alphabetic: "Yamada^Tarou", Ideographic: "\u5c71\u7530^\u592a\u90ce" }],
        },
      },
    ],
    ["a whole number is a number", { InstanceNumber: "12" }, { "00200013": { vr: "IS", Value: [12] } }],
    [
      "decimals are numbers, and what is no number stays text",
      { PixelSpacing: ["0.50", "abc"] },
      { "00280030": { vr: "DS", Value: [0.5, "abc"] } },
    ],
    [
      "bytes are base64",
      { FileMetaInformationVersion: "AAE=" },
      { "00020001": { vr: "OB", InlineBinary: "AAE=" } },
    ],
    ["no bytes are an element without a value", { "00091001": "" }, { "00091001": { vr: "UN" } }],
    [
      "a number field that fits no numbers is bytes",
      { Rows: "AAEC" },
      { "00280010": { vr: "UN", InlineBinary: "AAEC" } },
    ],
    [
      "numbers that JSON lacks are text",
      { "00091001": ["NaN", "-Infinity", 1] },
      { "00091001": { vr: "FD", Value: ["NaN", "-Infinity", 1] } },
    ],
    [
      "tags are tags",
      { FrameIncrementPointer: ["00181065"] },
      { "00280009": { vr: "AT", Value: ["00181065"] } },
    ],
    [
      "the character set is that of JSON",
      { SpecificCharacterSet: ["", "ISO 2022 IR 87"] },
      { "00080005": { vr: "CS", Value: ["ISO_IR 192"] } },
    ],
    [
      "a sequence without items has no value",
      { RequestAttributesSequence: null },
      { "00400275": { vr: "SQ" } },
    ],
    [
      "an item may be empty",
      { RequestAttributesSequence: [{}, { StudyInstanceUID: "1.2" }] },
      { "00400275": { vr: "SQ", Value: [{}, { "0020000D": { vr: "UI", Value: ["1.2"] } }] } },
    ],
    [
      "the VR of pixel values follows the pixels' sign",
      { PixelRepresentation: 1, SmallestImagePixelValue: -5 },
      { "00280103": { vr: "US", Value: [1] }, "00280106": { vr: "SS", Value: [-5] } },
    ],
  ])("%s", (_, attributes, expected) => {
    const vrs = { "00091001": "00091001" in attributes && attributes["00091001"] === "" ? "UN" : "FD" };
    expect(write(attributes, { vrs })).toEqual(expected);
  });

  test("private elements have the VRs of their instance, by tag and by path", () => {
    const attributes = {
      "00090010": "ACME",
      "00091001": 1,
      RequestAttributesSequence: [{ "00091001": "x" }],
    };
    const vrs = {
      "00090010": "LO",
      "00091001": "US",
      "RequestAttributesSequence.0.00091001": "SH",
    };
    expect(write(attributes, { vrs })).toEqual({
      "00090010": { vr: "LO", Value: ["ACME"] },
      "00091001": { vr: "US", Value: [1] },
      "00400275": { vr: "SQ", Value: [{ "00091001": { vr: "SH", Value: ["x"] } }] },
    });
  });

  test("large bytes are elsewhere, by the path of their element", () => {
    const asked: [string, number][] = [];
    const bulkDataUri = (path: string, byteLength: number): string | undefined => {
      asked.push([path, byteLength]);
      return byteLength > 4 ? `https://example.com/${path}` : undefined;
    };
    const attributes = {
      "00091001": "AAECAwQFBgc=",
      RequestAttributesSequence: [{ "00091001": "AAE=" }],
    };
    expect(write(attributes, { vrs: { "00091001": "OB" }, bulkDataUri })).toEqual({
      "00091001": { vr: "OB", BulkDataURI: "https://example.com/00091001" },
      "00400275": { vr: "SQ", Value: [{ "00091001": { vr: "OB", InlineBinary: "AAE=" } }] },
    });
    expect(asked).toEqual([
      ["00091001", 8],
      ["RequestAttributesSequence.0.00091001", 2],
    ]);
  });

  test("elements are in ascending order of tags, also those whose tag is a number", () => {
    const text = writeDicomJson(
      { PresentationLUTShape: "IDENTITY", SOPInstanceUID: "1.2", Rows: 1 },
      { vrs: {} },
    );
    expect(text.match(/"[0-9A-F]{8}"/g)).toEqual(['"00080018"', '"00280010"', '"20500020"']);
  });
});
