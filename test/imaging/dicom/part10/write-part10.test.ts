import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DataElement, DataSet } from "../../../../src/imaging/dicom/data-set.ts";
import { dataSetOf } from "../../../../src/imaging/dicom/part10/instance-data-set.ts";
import { describeInstance } from "../../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import { writePart10 } from "../../../../src/imaging/dicom/part10/write-part10.ts";
import { ownCorpus } from "../../../corpus/corpus.ts";
import { describeRewrittenFiles, fileMeta, rewrite, withoutLayout } from "../rewritten-files.ts";
import { dicomFile, element, instanceElements, sequence, type WritableElement } from "../write-dicom.ts";

const SHORT = ["AE", "CS", "DA", "LO", "PN", "SH", "UI", "US"];
const LONG = ["OB", "OW", "UC", "UT", "UV", "SV", "OV"];
const evenBytes = fc.uint8Array({ maxLength: 20 }).filter(({ length }) => length % 2 === 0);
const tag = fc
  .integer({ min: 0x10, max: 0xff })
  .map((low) => `0009${low.toString(16).toUpperCase().padStart(4, "0")}`);

const { dataSet: arbitraryDataSet } = fc.letrec<{
  dataSet: DataSet;
  element: DataElement;
  nested: DataElement;
}>((tie) => ({
  dataSet: fc
    .array(fc.oneof({ maxDepth: 3 }, tie("element"), tie("nested")), { minLength: 1, maxLength: 6 })
    .map(
      (elements) =>
        new Map(elements.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)).map((each) => [each.tag, each])),
    ),
  element: fc.record({ tag, vr: fc.constantFrom(...SHORT, ...LONG), bytes: evenBytes }),
  nested: fc.record({
    tag,
    vr: fc.constant("SQ"),
    bytes: fc.constant(new Uint8Array(0)),
    items: fc.array(tie("dataSet"), { maxLength: 3 }),
  }),
}));

const plain = (dataSet: DataSet): unknown =>
  [...dataSet.values()].map(({ tag: name, vr, bytes, items }) => ({
    name,
    vr,
    bytes: [...bytes],
    items: items?.map(plain),
  }));

/** What the metadata of these elements is after it was written to a file and read again. */
function readAgain(...elements: readonly WritableElement[]) {
  const before = describeInstance(parsePart10(dicomFile(instanceElements(...elements))));
  const written = parsePart10(rewrite(before));
  return { before, written, after: describeInstance(written) };
}

describe("a written Part 10 file", () => {
  test("is read with the elements that were written, for any elements", () => {
    fc.assert(
      fc.property(arbitraryDataSet, (dataSet) => {
        expect(plain(parsePart10(writePart10({ fileMeta, dataSet })).dataSet)).toEqual(plain(dataSet));
      }),
      { numRuns: 300 },
    );
  });

  test("has the length of its file meta information", () => {
    const file = writePart10({ fileMeta, dataSet: dataSetOf({ Rows: 1 }, {}) });
    expect(file.toString("latin1", 128, 132)).toBe("DICM");
    expect(file.readUInt32LE(140)).toBe(8 + 20);
  });

  test("pads UIDs and bytes with NUL, text with a space", () => {
    const dataSet = dataSetOf(
      { SOPInstanceUID: "1.2", PatientID: "ABC", "00091001": "AQ==" },
      { "00091001": "OB" },
    );
    const read = parsePart10(writePart10({ fileMeta, dataSet })).dataSet;
    expect([...read.values()].map(({ bytes }) => Buffer.from(bytes).toString("latin1"))).toEqual([
      "1.2\0",
      "\x01\0",
      "ABC ",
    ]);
  });

  test.each([
    ["base64 with its padding", "AQIDBA==", "UN"],
    ["base64 without padding, which nothing here writes", "AQIDBA", "UT"],
    ["a word", "words", "UT"],
    ["words", "some words", "UT"],
  ])("has, for a private element whose VR is unknown, of %s %j the VR %3$s", (_, value, vr) => {
    expect(dataSetOf({ "00091001": value }, {}).get("00091001")?.vr).toBe(vr);
  });

  test("has VR UN for a value that is too long for its own VR", () => {
    const long = Array.from({ length: 20_000 }, (_, index) => String(index));
    const dataSet = dataSetOf({ PixelSpacing: long }, {});
    const file = writePart10({ fileMeta, dataSet });
    expect(file.toString("latin1", file.indexOf("UN"), file.indexOf("UN") + 2)).toBe("UN");
    const [read] = parsePart10(file).dataSet.values();
    expect(
      Buffer.from(read?.bytes ?? [])
        .toString("latin1")
        .trim(),
    ).toBe(long.join("\\"));
  });
});

describe("metadata written as a data set", () => {
  test("has the elements of every block in ascending order", () => {
    const { written } = readAgain(element("00100010", "PN", "A"), element("00091001", "LO", "x"));
    const tags = [...written.dataSet.keys()];
    expect(tags).toEqual(tags.toSorted());
  });

  test.each([
    [
      "integers that JSON numbers cannot hold",
      [element("00091001", "UV", 2n ** 64n - 1n), element("00091002", "SV", -(2n ** 63n))],
    ],
    [
      "NaN and infinity",
      [element("00091001", "FD", [Number.NaN, -Infinity, 0.1]), element("00091002", "FL", 1.5)],
    ],
    ["tags", [element("00280009", "AT", [0x00181065, 0x00181063])]],
    [
      "bytes",
      [element("00091001", "OB", Uint8Array.of(1, 2, 3, 4)), element("00091002", "UN", Uint8Array.of(9, 9))],
    ],
    ["empty values", [element("00091001", "UN"), element("00280009", "AT"), sequence("00081140", [])]],
    [
      "several values",
      [element("00080008", "CS", "ORIGINAL\\PRIMARY\\\\0015"), element("00281050", "DS", "1\\2.50")],
    ],
    [
      "numeric elements of a wrong length",
      [element("00280010", "US", Uint8Array.of(1, 2, 3, 4, 5, 6).subarray(0, 3))],
    ],
    ["a VR other than the dictionary's", [element("00280010", "UL", 70_000)]],
    [
      "bytes where the dictionary has text, and text where it has bytes",
      [
        element("00701A09", "OD", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
        element("00281201", "LO", "RED"),
        element("00080070", "LT", "A\\B"),
      ],
    ],
    [
      "several VRs of one public element in an instance",
      [
        element("00080070", "OB", Uint8Array.of(1, 2)),
        sequence("00081140", [[element("00080070", "LO", "ACME")], [element("00080070", "FD", 0.5)]]),
      ],
    ],
    ["a sequence whose bytes are not items", [element("00081140", "UN", Uint8Array.of(1, 2, 3, 4))]],
    [
      "lists of 16-bit words",
      [element("00283006", "US", [1, 2, 65_535]), element("60003000", "OB", Uint8Array.of(1, 0))],
    ],
    [
      "SS where the dictionary allows US or SS",
      [element("00280103", "US", 1), element("00280106", "SS", -5), element("00280107", "US", 60_000)],
    ],
    ["repeating groups", [element("60020010", "US", 12), element("60023000", "OW", Uint8Array.of(7, 0))]],
    [
      "private elements inside sequences",
      [
        element("00091001", "FL", 2),
        sequence("00081140", [
          [
            element("00090010", "LO", "OWNER"),
            element("00091001", "LO", "ABCD"),
            element("00091002", "SL", -1),
          ],
          [element("00091001", "FL", 0.5), sequence("00091003", [[element("00091002", "US", 3)]])],
        ]),
      ],
    ],
  ])("keeps %s", (_, elements) => {
    const { before, after } = readAgain(...elements);
    expect(withoutLayout(after)).toEqual(withoutLayout(before));
  });

  test("has the VR that the file had, where the dictionary has another", () => {
    const { written } = readAgain(
      element("00701A09", "OD", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
      sequence("00081140", [
        [element("00080070", "LO", "ACME")],
        [element("00080070", "OB", Uint8Array.of(7, 8))],
      ]),
    );
    expect(written.dataSet.get("00701A09")).toMatchObject({
      vr: "OD",
      bytes: Buffer.of(1, 2, 3, 4, 5, 6, 7, 8),
    });
    const items = written.dataSet.get("00081140")?.items ?? [];
    expect(items.map((item) => item.get("00080070")?.vr)).toEqual(["LO", "OB"]);
  });

  test("names UTF-8 where text is not ASCII, also inside items, and keeps the character set otherwise", () => {
    const item = [
      element("00080005", "CS", "ISO_IR 101"),
      element("00081040", "LO", Buffer.from([0xb3, 0x6f])),
    ];
    const { before, after } = readAgain(
      element("00080005", "CS", "ISO_IR 100"),
      element("00100010", "PN", Buffer.from("M\xfcller", "latin1")),
      sequence("00081140", [item]),
    );
    expect(after.patient).toEqual(before.patient);
    expect(after.patient["PatientName"]).toBe("Müller");
    expect(after.instance.DICOM).toMatchObject({
      SpecificCharacterSet: ["ISO_IR 192"],
      ReferencedImageSequence: [{ SpecificCharacterSet: ["ISO_IR 192"], InstitutionalDepartmentName: "ło" }],
    });
    const ascii = readAgain(element("00080005", "CS", "ISO_IR 100"));
    expect(ascii.after.instance.DICOM["SpecificCharacterSet"]).toEqual(["ISO_IR 100"]);
  });
});

describeRewrittenFiles(ownCorpus);
