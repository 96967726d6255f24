import { describe, expect, test } from "vitest";
import { MetadataBudget, MetadataTooLarge } from "../../../../src/imaging/dicom/metadata/metadata-budget.ts";
import {
  describeInstance,
  type InstanceDescription,
} from "../../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import {
  dicomFile,
  element,
  encapsulatedPixelData,
  type FileOptions,
  instanceElements,
  sequence,
  type WritableElement,
} from "../write-dicom.ts";

const IMPLICIT = { transferSyntaxUID: "1.2.840.10008.1.2" };

const described = (elements: readonly WritableElement[], options?: FileOptions): InstanceDescription =>
  describeInstance(parsePart10(dicomFile(instanceElements(...elements), options)));

/** The value of the one element, in the instance block unless told otherwise. */
const valueOf = (each: WritableElement, keyword: string, options?: FileOptions) =>
  described([each], options).instance.DICOM[keyword];

/** Of a file with the one element besides those that it needs: what stands at any level. */
function anyLevelOf(each: WritableElement) {
  const { patient, study, series, instance } = described([each]);
  return { ...patient, ...study, ...series, ...instance.DICOM };
}

describe("in the metadata,", () => {
  test("elements are at the levels to which the guide normalises them", () => {
    const { patient, study, series, instance } = described([
      element("00100010", "PN", "Doe^Jane"),
      element("00101010", "AS", "040Y"),
      element("00280120", "US", 0),
      element("00080005", "CS", "ISO_IR 100"),
      element("00180050", "DS", "2.5"),
    ]);
    expect(patient["PatientName"]).toBe("Doe^Jane");
    expect(study).toEqual({ PatientAge: "040Y", StudyInstanceUID: "1.2.3.4.1" });
    expect(series).toEqual({ SeriesInstanceUID: "1.2.3.4.2", PixelPaddingValue: 0 });
    expect(instance.DICOM).toMatchObject({ SpecificCharacterSet: ["ISO_IR 100"], SliceThickness: "2.5" });
  });

  test("the patient block always has its four keys", () => {
    expect(described([]).patient).toEqual({
      PatientBirthDate: null,
      PatientID: null,
      PatientName: null,
      PatientSex: null,
    });
  });

  test("file meta information is the instance's, without its group length", () => {
    const fileMeta = [
      element("00020000", "UL", 100),
      element("00020001", "OB", Uint8Array.of(0, 1)),
      element("00020010", "UI", "1.2.840.10008.1.2.1"),
      element("00020016", "AE"),
    ];
    const { DICOM, DICOMVRs } = described([], { fileMeta }).instance;
    expect(DICOM).toEqual({
      FileMetaInformationVersion: "AAE=",
      TransferSyntaxUID: "1.2.840.10008.1.2.1",
      SourceApplicationEntityTitle: null,
      SOPClassUID: "1.2.840.10008.5.1.4.1.1.7",
      SOPInstanceUID: "1.2.3.4.3",
    });
    expect(DICOMVRs).toEqual({});
    const odd = described([], {
      fileMeta: [
        element("00020010", "UI", "1.2.840.10008.1.2.1"),
        element("00020016", "OB", Uint8Array.of(1, 2)),
      ],
    });
    expect(odd.instance.DICOMVRs).toEqual({ "00020016": "OB" });
  });

  test("keys are in ascending order of tags", () => {
    const { DICOM } = described([element("00091001", "LO", "x"), element("00180050", "DS", "1")]).instance;
    expect(Object.keys(DICOM)).toEqual([
      "TransferSyntaxUID",
      "SOPClassUID",
      "SOPInstanceUID",
      "00091001",
      "SliceThickness",
    ]);
  });

  test("all values can be posted to another thread and written as JSON", () => {
    const whole = described([
      element("00189306", "FD", 0.1),
      sequence("00081140", [[element("00081155", "UI", "1.2")]]),
    ]);
    expect(structuredClone(whole)).toEqual(whole);
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  });
});

describe("in metadata values,", () => {
  test.each([
    [
      "one value where the dictionary allows several is a list",
      element("00080008", "CS", "ORIGINAL"),
      "ImageType",
      ["ORIGINAL"],
    ],
    [
      "an empty value in a list is an empty string",
      element("00080008", "CS", "A\\\\B"),
      "ImageType",
      ["A", "", "B"],
    ],
    ["an empty list is null", element("00080008", "CS"), "ImageType", null],
    ["a single value is a scalar", element("00180050", "DS", "2.50"), "SliceThickness", "2.50"],
    ["an empty single value is null", element("00180050", "DS"), "SliceThickness", null],
    [
      "several numbers of a single-valued attribute are all kept",
      element("00280010", "US", [1, 2]),
      "Rows",
      [1, 2],
    ],
    [
      "a backslash in a long text does not separate values",
      element("00204000", "LT", "a\\b"),
      "ImageComments",
      "a\\b",
    ],
  ])("%s", (_, each, keyword, value) => {
    expect(valueOf(each, keyword)).toEqual(value);
  });

  test.each([
    ["DS", element("00181050", "DS", "1.145833\\0.859375"), "SpatialResolution", ["1.145833", "0.859375"]],
    ["FD", element("00189073", "FD", [1.5, 2.5]), "AcquisitionDuration", [1.5, 2.5]],
    ["IS", element("00200013", "IS", "1\\2"), "InstanceNumber", ["1", "2"]],
    ["CS", element("00280004", "CS", "RGB\\"), "PhotometricInterpretation", ["RGB", ""]],
    ["SH", element("00181160", "SH", "a \\ b"), "FilterType", ["a", "b"]],
    ["UC", element("00080119", "UC", "a\\b"), "LongCodeValue", ["a", "b"]],
  ])("more values of %s than the VM allows are a list", (_, each, keyword, value) => {
    expect(anyLevelOf(each)[keyword]).toEqual(value);
  });

  test("more values than the VM allows are a list in the patient block too", () => {
    expect(described([element("00100020", "LO", "A\\B")]).patient["PatientID"]).toEqual(["A", "B"]);
  });
});

describe("the metadata value of an element", () => {
  test.each([
    ["US", element("00280010", "US", 65535), "Rows", 65535],
    ["SS", element("00280106", "SS", -2), "SmallestImagePixelValue", -2],
    ["UL", element("00186018", "UL", 4294967295), "RegionLocationMinX0", 4294967295],
    ["SL", element("00186020", "SL", -70000), "ReferencePixelX0", -70000],
    ["FD", element("00189073", "FD", -0.07937499999068676), "AcquisitionDuration", -0.07937499999068676],
    ["IS stays text", element("00280008", "IS", "1"), "NumberOfFrames", "1"],
    [
      "AT",
      element("00280009", "AT", [0x0018106a, 0xfffe0001]),
      "FrameIncrementPointer",
      ["0018106A", "FFFE0001"],
    ],
    ["OW", element("00281201", "OW", Uint8Array.of(1, 2)), "RedPaletteColorLookupTableData", "AQI="],
    ["an empty OW of the dictionary", element("00281201", "OW"), "RedPaletteColorLookupTableData", null],
    ["OB keeps its pad byte", element("00420011", "OB", Uint8Array.of(1)), "EncapsulatedDocument", "AQA="],
  ])("has the type of its VR: %s", (_, each, keyword, value) => {
    expect(valueOf(each, keyword)).toEqual(value);
  });

  test.each([
    ["SV", -(2n ** 53n) + 1n, -(2 ** 53) + 1],
    ["UV", 2n ** 53n - 1n, 2 ** 53 - 1],
    ["SV", -(2n ** 63n), "-9223372036854775808"],
    ["UV", 2n ** 64n - 1n, "18446744073709551615"],
  ])("of VR %s with the value %s is %s", (vr, value, expected) => {
    expect(valueOf(element("00091001", vr, value), "00091001")).toBe(expected);
  });

  test.each([
    ["FD", Number.NaN, "NaN"],
    ["FD", Number.POSITIVE_INFINITY, "Infinity"],
    ["FL", Number.NEGATIVE_INFINITY, "-Infinity"],
    ["FL", 0.1, 0.10000000149011612],
  ])("of VR %s with the value %s is %s", (vr, value, expected) => {
    expect(valueOf(element("00091001", vr, value), "00091001")).toBe(expected);
  });

  test("of a numeric VR with a wrong length is its bytes", () => {
    expect(valueOf(element("00280010", "US", Uint8Array.of(1, 2, 3, 4)), "Rows")).toEqual([513, 1027]);
    expect(valueOf(element("00189306", "FD", Uint8Array.of(1, 2)), "SingleCollimationWidth")).toBe("AQI=");
  });

  test("is null for pixel data, native or encapsulated, in icons too", () => {
    const bytes = Uint8Array.of(1, 2);
    const icon = sequence("00880200", [[element("7FE00010", "OW", bytes)]]);
    expect(valueOf(element("7FE00010", "OW", bytes), "PixelData")).toBeNull();
    expect(
      valueOf(encapsulatedPixelData([bytes]), "PixelData", { transferSyntaxUID: "1.2.840.10008.1.2.5" }),
    ).toBeNull();
    expect(valueOf(icon, "IconImageSequence")).toEqual([{ PixelData: null }]);
  });
});

describe("the trimming of padding", () => {
  test.each([
    ["UI", element("00081155", "UI", "1.2.3\0"), "ReferencedSOPInstanceUID", "1.2.3"],
    ["IS", element("00200013", "IS", "1 "), "InstanceNumber", "1"],
    ["each value of a list", element("00280030", "DS", "0.25 \\ 0.5 "), "PixelSpacing", ["0.25", "0.5"]],
    ["insignificant leading spaces", element("00080068", "CS", "  A "), "PresentationIntentType", "A"],
    [
      "leading spaces of text, which stay",
      element("00204000", "LT", "  a\r\n b  "),
      "ImageComments",
      "  a\r\n b",
    ],
    ["a value of spaces, which is empty", element("00200013", "IS", "  "), "InstanceNumber", null],
  ])("gives the expected value for %s", (_, each, keyword, value) => {
    expect(valueOf(each, keyword)).toEqual(value);
  });

  test.each(["Doe^Jane==", "Doe^Jane^^^", "Doe^^^^=Doe^=", "="])(
    "keeps empty components and groups at the end of the name %s",
    (name) => {
      expect(described([element("00100010", "PN", `${name}  `)]).patient["PatientName"]).toBe(name);
    },
  );

  test("is applied to each name of a list", () => {
    const names = element("00101001", "PN", "Doe^J==\\B^C^^^= ");
    expect(anyLevelOf(names)["OtherPatientNames"]).toEqual(["Doe^J==", "B^C^^^="]);
  });
});

describe("private and unknown elements:", () => {
  test("they are keyed by tag, and their VRs are listed", () => {
    const { DICOM, DICOMVRs } = described([
      element("00100020", "LO", "1"),
      element("7FDD0010", "LO", "TSC Private Group"),
      element("7FDD1030", "UN"),
      element("7FDD10AB", "US", 7),
      element("00090010", "LO", "ACME"),
      element("00080002", "LO", "unknown"),
    ]).instance;
    expect(DICOM).toMatchObject({
      "00080002": "unknown",
      "00090010": "ACME",
      "7FDD0010": "TSC Private Group",
      "7FDD1030": "",
      "7FDD10AB": 7,
    });
    expect(DICOMVRs).toEqual({
      "00080002": "LO",
      "00090010": "LO",
      "7FDD0010": "LO",
      "7FDD1030": "UN",
      "7FDD10AB": "US",
    });
  });

  test("several values make a list, one does not", () => {
    expect(valueOf(element("00091001", "LO", "a\\b"), "00091001")).toEqual(["a", "b"]);
    expect(valueOf(element("00091001", "LO", "a"), "00091001")).toBe("a");
  });

  test("an empty one is null unless it is binary", () => {
    expect(valueOf(element("00091001", "LO"), "00091001")).toBeNull();
    expect(valueOf(element("00091001", "OB"), "00091001")).toBe("");
  });

  test("in implicit VR they are bytes, and their creators are text", () => {
    const elements = [element("00090010", "LO", "ACME"), element("00091001", "DS", "0 ")];
    const { DICOM, DICOMVRs } = described(elements, IMPLICIT).instance;
    expect(DICOM).toMatchObject({ "00090010": "ACME", "00091001": "MCA=" });
    expect(DICOMVRs).toEqual({ "00090010": "LO", "00091001": "UN" });
  });

  test("the VRs of public elements are listed only where they differ from the dictionary's, inside sequences by path", () => {
    const { DICOMVRs } = described([
      element("00080070", "LO", "ACME"),
      element("00080008", "OB", Uint8Array.of(1, 2)),
      element("00280106", "SS", -1),
      sequence("00081140", [
        [element("00080070", "OB", Uint8Array.of(1, 2)), element("00080080", "LO", "x")],
      ]),
    ]).instance;
    expect(DICOMVRs).toEqual({ "00080008": "OB", "ReferencedImageSequence.0.00080070": "OB" });
  });

  test("names of VRs inside sequences are counted as metadata", () => {
    const items = Array.from({ length: 100 }, () => [element("00080070", "OB", Uint8Array.of(1, 2))]);
    const file = dicomFile(instanceElements(sequence("00081140", items)));
    const counted = (limit: number) => () => {
      const budget = new MetadataBudget(limit);
      return describeInstance(parsePart10(file, budget), { budget });
    };
    expect(counted(8_000)).not.toThrow();
    expect(counted(6_000)).toThrow(MetadataTooLarge);
    expect(() => parsePart10(file, new MetadataBudget(6_000))).not.toThrow();
  });

  test("a second overlay is keyed by tags beside the first", () => {
    const overlays = [element("60000010", "US", 1), element("60020010", "US", 2)];
    expect(described(overlays).instance).toMatchObject({
      DICOM: { OverlayRows: 1, "60020010": 2 },
      DICOMVRs: { "60020010": "US" },
    });
  });
});

describe("in the metadata of sequences,", () => {
  test("items are plain objects by the same rules", () => {
    const inner = sequence("0040A043", [[element("00080100", "SH", "T-1"), element("00080104", "LO")]]);
    const item = [inner, element("00091001", "LO", "x")];
    expect(valueOf(sequence("0040A730", [item, []]), "ContentSequence")).toEqual([
      { "00091001": "x", ConceptNameCodeSequence: [{ CodeValue: "T-1", CodeMeaning: null }] },
      {},
    ]);
  });

  test("a sequence without items is null", () => {
    expect(valueOf(sequence("0040A730", []), "ContentSequence")).toBeNull();
  });

  test("a private sequence is listed with VR SQ", () => {
    const { DICOM, DICOMVRs } = described([
      sequence("00091001", [[element("00100020", "LO", "1")]]),
    ]).instance;
    expect(DICOM["00091001"]).toEqual([{ PatientID: "1" }]);
    expect(DICOMVRs).toEqual({ "00091001": "SQ" });
  });
});

describe("among the attributes that an instance must have,", () => {
  const without = (tag: string) => () =>
    describeInstance(parsePart10(dicomFile(instanceElements().filter((each) => each.tag !== tag))));

  test.each([
    ["00080016", "SOPClassUID"],
    ["00080018", "SOPInstanceUID"],
    ["0020000D", "StudyInstanceUID"],
    ["0020000E", "SeriesInstanceUID"],
  ])("a missing or empty %s is refused with the service's message", (tag, keyword) => {
    expect(without(tag)).toThrow(`DICOM attribute ${keyword} does not exist`);
    expect(() => described([element(tag, "UI")])).toThrow(`DICOM attribute ${keyword} does not exist`);
  });

  test("the UIDs are returned", () => {
    expect(described([])).toMatchObject({
      sopClassUID: "1.2.840.10008.5.1.4.1.1.7",
      sopInstanceUID: "1.2.3.4.3",
      studyInstanceUID: "1.2.3.4.1",
      seriesInstanceUID: "1.2.3.4.2",
    });
  });
});

test("a value larger than the limit of all metadata is refused before it takes more memory", () => {
  const huge = element("00420011", "OB", new Uint8Array(50 * 1024 * 1024 + 2));
  expect(() => described([huge])).toThrow("DICOM attribute EncapsulatedDocument has 52428802 bytes");
});
