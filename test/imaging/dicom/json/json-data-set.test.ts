import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DicomError } from "../../../../src/imaging/dicom/dicom-error.ts";
import { dataSetOfJson } from "../../../../src/imaging/dicom/json/json-data-set.ts";
import { lookUp } from "../../../../src/imaging/dicom/dictionary/dictionary.ts";
import { vrsOf } from "../../../../src/imaging/dicom/metadata/instance-vrs.ts";
import { MetadataBudget } from "../../../../src/imaging/dicom/metadata/metadata-budget.ts";
import { describeInstance, levelsOf } from "../../../../src/imaging/dicom/metadata/metadata.ts";
import { dataSetOf } from "../../../../src/imaging/dicom/part10/instance-data-set.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import { dicomFile, element, instanceElements, sequence, type WritableElement } from "../write-dicom.ts";

/** All levels of the metadata together, and the VRs. */
function ofJson(json: unknown) {
  const dataSet = dataSetOfJson(json);
  const { Patient, Study, Series, Instance } = levelsOf(dataSet, ["ISO_IR 192"]);
  const vrs = vrsOf(dataSet, new MetadataBudget(Infinity));
  return { elements: { ...Patient, ...Study, ...Series, ...Instance }, vrs };
}

/** What an import makes of a file with the element, in UTF-8. */
function ofFile(each: WritableElement) {
  const utf8 = element("00080005", "CS", "ISO_IR 192");
  const file = dicomFile(instanceElements(utf8, each));
  const { patient, study, series, instance } = describeInstance(parsePart10(file));
  return { elements: { ...patient, ...study, ...series, ...instance.DICOM }, vrs: instance.DICOMVRs };
}

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

describe("an element of DICOM JSON becomes what a file with it becomes:", () => {
  test.each<[string, WritableElement, object]>([
    ["a name", element("00100010", "PN", "Doe^Jane"), { vr: "PN", Value: [{ Alphabetic: "Doe^Jane" }] }],
    [
      "a name of three groups",
      element("00100010", "PN", utf8("Yamada^Tarou=山田^太郎=やまだ^たろう")),
      {
        vr: "PN",
        Value: [{ Alphabetic: "Yamada^Tarou", Ideographic: "山田^太郎", Phonetic: "やまだ^たろう" }],
      },
    ],
    [
      "a name without the first group",
      element("00100010", "PN", utf8("=山田")),
      { vr: "PN", Value: [{ Ideographic: "山田" }] },
    ],
    ["an empty element", element("00100040", "CS", ""), { vr: "CS" }],
    ["an element of no values", element("00100040", "CS", ""), { vr: "CS", Value: [] }],
    ["an element of an empty value", element("00100040", "CS", ""), { vr: "CS", Value: [null] }],
    ["text with padding", element("00081030", "LO", " CHEST  "), { vr: "LO", Value: [" CHEST  "] }],
    [
      "text that is not ASCII",
      element("00081030", "LO", utf8("Brustkorb – ü")),
      { vr: "LO", Value: ["Brustkorb – ü"] },
    ],
    [
      "several values, one of them empty",
      element("00080008", "CS", "ORIGINAL\\PRIMARY\\\\0015"),
      { vr: "CS", Value: ["ORIGINAL", "PRIMARY", null, "0015"] },
    ],
    ["one value of a multi-valued element", element("00181020", "LO", "v1"), { vr: "LO", Value: ["v1"] }],
    [
      "text with lines and backslashes",
      element("00204000", "LT", "a\\b\r\nc"),
      { vr: "LT", Value: ["a\\b\r\nc"] },
    ],
    ["an integer as text", element("00200013", "IS", "7"), { vr: "IS", Value: ["7"] }],
    ["an integer as a number", element("00200013", "IS", "7"), { vr: "IS", Value: [7] }],
    ["decimals", element("00280030", "DS", "0.25\\1e-05"), { vr: "DS", Value: [0.25, "1e-05"] }],
    [
      "a decimal of 16 characters",
      element("00180050", "DS", "0.33333333333333"),
      { vr: "DS", Value: [1 / 3] },
    ],
    ["an unsigned integer", element("00280010", "US", 512), { vr: "US", Value: [512] }],
    ["one of the dictionary's choice", element("00280120", "SS", -2000), { vr: "SS", Value: [-2000] }],
    ["floats", element("00089459", "FL", 0.1), { vr: "FL", Value: [0.1] }],
    ["doubles", element("00189073", "FD", 0.1), { vr: "FD", Value: [0.1] }],
    ["a large integer", element("00080027", "SV", 2n ** 60n), { vr: "SV", Value: [String(2n ** 60n)] }],
    ["a tag", element("00280009", "AT", [0x00181065]), { vr: "AT", Value: ["00181065"] }],
    [
      "bytes",
      element("00282000", "OB", new Uint8Array([1, 2, 3, 4])),
      { vr: "OB", InlineBinary: "AQIDBA==" },
    ],
    ["a private element", element("00291010", "LO", "x"), { vr: "LO", Value: ["x"] }],
    ["private bytes that are empty", element("00291010", "UN", ""), { vr: "UN" }],
    ["a sequence without items", sequence("00081140", []), { vr: "SQ", Value: [] }],
    [
      "a sequence in a sequence",
      sequence("00400275", [
        [element("00400007", "LO", "p"), sequence("00400008", [[element("00080100", "SH", "c")]])],
        [element("00291001", "SH", "q")],
      ]),
      {
        vr: "SQ",
        Value: [
          {
            "00400007": { vr: "LO", Value: ["p"] },
            "00400008": { vr: "SQ", Value: [{ "00080100": { vr: "SH", Value: ["c"] } }] },
          },
          { "00291001": { vr: "SH", Value: ["q"] } },
        ],
      },
    ],
  ])("%s", (_, written, json) => {
    const { elements, vrs } = ofJson({ [written.tag]: json });
    const file = ofFile(written);
    expect(Object.keys(elements)).toHaveLength(1);
    expect(file.elements).toMatchObject(elements);
    expect(file.vrs).toMatchObject(vrs);
    if (written.tag === "00291010") expect(vrs).toEqual({ "00291010": written.vr });
  });

  test("tags in lower case, and the character set is left out", () => {
    const json = {
      "0020000e": { vr: "UI", Value: ["1.2"] },
      "00080005": { vr: "CS", Value: ["ISO_IR 100"] },
      "00100010": { vr: "PN", Value: [{ Alphabetic: "Müller" }] },
    };
    expect(ofJson(json).elements).toEqual({ PatientName: "Müller", SeriesInstanceUID: "1.2" });
  });
});

describe("DICOM JSON is refused:", () => {
  const deep = (levels: number): unknown =>
    levels === 0 ? {} : { "00081140": { vr: "SQ", Value: [deep(levels - 1)] } };
  const name = (value: unknown): object => ({ "00100010": { vr: "PN", Value: [value] } });
  const lo = (value: unknown): object => ({ "00081030": { vr: "LO", Value: [value] } });

  test.each<[string, unknown, string]>([
    ["an array in place of an object", [], "a data set that is not a JSON object"],
    ["a keyword in place of a tag", { PatientName: {} }, "a member PatientName: expected a tag"],
    ["a name of JavaScript", JSON.parse('{"__proto__":{"vr":"LO"}}'), "a member __proto__: expected a tag"],
    [
      "one tag in both cases",
      { "0020000E": { vr: "UI" }, "0020000e": { vr: "UI" } },
      "SeriesInstanceUID twice",
    ],
    ["an element that is a string", { "00100010": "Doe" }, "PatientName is not a JSON object"],
    ["an unknown member", { "00100010": { vr: "PN", value: [] } }, "PatientName has a member value"],
    ["no VR", { "00100010": { Value: ["x"] } }, "PatientName has no VR"],
    ["an unknown VR", { "00291010": { vr: "XX" } }, "(0029,1010) has no VR"],
    ["another VR", { "00100010": { vr: "LO", Value: ["x"] } }, "PatientName has VR LO, expected PN"],
    ["none of the VRs", { "00280120": { vr: "UL" } }, "PixelPaddingValue has VR UL, expected US or SS"],
    ["bulk data elsewhere", { "00282000": { vr: "OB", BulkDataURI: "x" } }, "ICCProfile is a BulkDataURI"],
    ["pixel data", { "7FE00010": { vr: "OW", BulkDataURI: "x" } }, "PixelData cannot be part"],
    [
      "pixel data of an icon",
      { "00880200": { vr: "SQ", Value: [{ "7FE00010": { vr: "OW", InlineBinary: "" } }] } },
      "PixelData cannot be part",
    ],
    ["file meta information", { "00020010": { vr: "UI" } }, "TransferSyntaxUID cannot be part"],
    ["both forms", { "00282000": { vr: "OB", Value: [], InlineBinary: "" } }, "both Value and InlineBinary"],
    ["a value beside an array", { "00200013": { vr: "IS", Value: 7 } }, "Value that is not an array"],
    [
      "bytes as values",
      { "00282000": { vr: "OB", Value: [1] } },
      "ICCProfile has a Value, expected InlineBinary",
    ],
    ["bytes that are not base64", { "00282000": { vr: "OB", InlineBinary: "*" } }, "not base64"],
    ["text as bytes", { "00081030": { vr: "LO", InlineBinary: "AA==" } }, "expected a Value of VR LO"],
    [
      "items as bytes",
      { "00081140": { vr: "SQ", InlineBinary: "AA==" } },
      "is a sequence and has InlineBinary",
    ],
    ["an item that is no object", { "00081140": { vr: "SQ", Value: [1] } }, "not a JSON object"],
    ["101 nested sequences", deep(102), "nested too deeply"],
    ["a name as a string", name("Doe^Jane"), "PatientName is a name that is not an object"],
    ["a name of a fourth group", name({ Alphabetic: "a", Other: "b" }), "is a name with Other"],
    ["a number as text", { "00280010": { vr: "US", Value: ["512"] } }, "not of its VR US"],
    ["a number beyond its VR", { "00280010": { vr: "US", Value: [65_536] } }, "not of its VR US"],
    ["text as a number", lo(1), "not of its VR LO"],
    ["a boolean", lo(true), "not of its VR LO"],
    ["a tag of 7 digits", { "00280009": { vr: "AT", Value: ["0018106"] } }, "not of its VR AT"],
    ["two values in one", lo("a\\b"), "has a backslash"],
    ["two values of text", { "00204000": { vr: "LT", Value: ["a", "b"] } }, "has 2 values, VR LT has one"],
    ["an escape", lo("\u001b$B"), "has a control character"],
    ["half a character", lo("\ud800"), "half of a surrogate pair"],
    [
      "an umlaut in a code",
      { "00100040": { vr: "CS", Value: ["Ü"] } },
      "a character that VR CS does not have",
    ],
  ])("%s", (_, json, message) => {
    expect(() => dataSetOfJson(json)).toThrow(message);
  });
});

describe("any DICOM JSON", () => {
  const vrs = "AE AS AT CS DA DS DT FD FL IS LO LT OB OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV XX";
  const tags =
    "00100010 00081030 00200013 00280010 00280120 00181020 00291010 00291011 00089459 00282000 00081140";
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 6 }),
    fc.constantFrom("1", "-5", "NaN", "1.2", ""),
  );
  const name = fc.record({ Alphabetic: text, Ideographic: text, Phonetic: text }, { requiredKeys: [] });
  const { dataSet } = fc.letrec<{ dataSet: object; element: object }>((tie) => ({
    dataSet: fc.dictionary(fc.constantFrom(...tags.split(" ")), tie("element"), { maxKeys: 3 }),
    element: fc.record(
      {
        vr: fc.constantFrom(...vrs.split(" ")),
        Value: fc.array(
          fc.oneof(
            { depthSize: "small" },
            text,
            fc.double(),
            fc.integer(),
            fc.constant(null),
            name,
            tie("dataSet"),
          ),
          { maxLength: 3 },
        ),
        InlineBinary: fc.base64String({ maxLength: 8 }),
      },
      { requiredKeys: ["vr"] },
    ),
  }));
  /** The dictionary's VR, so that more of them are read. */
  const fitting = fc
    .tuple(
      fc.constantFrom(...tags.split(" ")),
      fc.array(fc.oneof(text, fc.integer(), name), { maxLength: 2 }),
    )
    .map(([tag, Value]) => ({ [tag]: { vr: lookUp(tag)?.vr.split("/")[0] ?? "LO", Value } }));

  test("is refused as DICOM, or is what a file with its elements would be read as", () => {
    fc.assert(
      fc.property(fc.oneof(dataSet, fitting), (json) => {
        let read: ReturnType<typeof ofJson>;
        try {
          read = ofJson(JSON.parse(JSON.stringify(json)));
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
          return;
        }
        const again = levelsOf(dataSetOf(read.elements, read.vrs), ["ISO_IR 192"]);
        const { SpecificCharacterSet: _, ...Instance } = again.Instance;
        expect({ ...again.Patient, ...again.Study, ...again.Series, ...Instance }).toEqual(read.elements);
      }),
      { numRuns: 2_000 },
    );
  });
});
