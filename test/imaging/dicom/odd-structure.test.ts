import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { DataSet } from "../../../src/imaging/dicom/data-set.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { dataSet, dicomFile, element, sequence, verbatim, type WritableElement } from "./write-dicom.ts";

const BIG_ENDIAN = "1.2.840.10008.1.2.2";
const DEFLATED = "1.2.840.10008.1.2.1.99";
const IMPLICIT = { transferSyntaxUID: "1.2.840.10008.1.2" };

const parse = (elements: readonly WritableElement[], options = {}): DataSet =>
  parsePart10(dicomFile(elements, options)).dataSet;

/** In hex, but for the items of sequences. */
type Plain = { readonly [tag: string]: string | readonly Plain[] };
const plain = (read: DataSet): Plain =>
  Object.fromEntries(
    [...read.values()].map(({ tag, vr, bytes, items }) => [
      `${tag} ${vr}`,
      items ? items.map(plain) : Buffer.from(bytes).toString("latin1"),
    ]),
  );

const first = element("00100020", "LO", "17");
const last = element("7FE00010", "OW", "ab");
const around = { "00100020 LO": "17", "7FE00010 OW": "ab" };

describe("UN of undefined length is read as a sequence in Implicit VR Little Endian (PS3.5 6.2.2)", () => {
  const inner = sequence("00091002", [[element("00080100", "SH", "deep")]], { hasUndefinedLength: true });
  const items = [[element("00100020", "LO", "INNER "), inner], []];
  const unknown = sequence("00111001", items, { vr: "UN", hasUndefinedLength: true });
  const expected = {
    "00100020 LO": "17",
    "00111001 SQ": [{ "00100020 LO": "INNER ", "00091002 SQ": [{ "00080100 SH": "deep" }] }, {}],
    "7FE00010 OW": "ab",
  };

  test("in Explicit VR Little Endian", () => {
    expect(plain(parse([first, unknown, last]))).toEqual(expected);
  });

  test("in a deflated data set", () => {
    const tail = deflateRawSync(dataSet([first, unknown, last], true));
    expect(plain(parse([], { transferSyntaxUID: DEFLATED, tail }))).toEqual(expected);
  });

  test("in Explicit VR Big Endian", () => {
    const content = Buffer.from(dataSet([unknown], true))
      .subarray(12)
      .toString("hex");
    const bigEndian = [
      verbatim("0010 0020 4c4f 0002 3137"),
      verbatim(`0011 1001 554e 0000 ffffffff ${content}`),
      verbatim("7fe0 0010 4f57 0000 00000002 6261"),
    ];
    expect(plain(parse(bigEndian, { transferSyntaxUID: BIG_ENDIAN }))).toEqual(expected);
  });

  test("in an item of a sequence of explicit VR, in either byte order", () => {
    const explicit = parse([sequence("0040A730", [[unknown]]), last]);
    expect(plain(explicit)["0040A730 SQ"]).toEqual([{ "00111001 SQ": expected["00111001 SQ"] }]);
    const content = Buffer.from(dataSet([unknown], true))
      .subarray(12)
      .toString("hex");
    const item = `fffe e000 ffffffff 0011 1001 554e 0000 ffffffff ${content} fffe e00d 00000000`;
    const bigEndian = verbatim(`0040 a730 5351 0000 ffffffff ${item} fffe e0dd 00000000`);
    const read = parse([bigEndian], { transferSyntaxUID: BIG_ENDIAN });
    expect(plain(read)["0040A730 SQ"]).toEqual([{ "00111001 SQ": expected["00111001 SQ"] }]);
  });

  test("with little-endian words inside, while words beside it follow the transfer syntax", () => {
    const bigEndian = [
      verbatim("0011 1001 554e 0000 ffffffff feff 00e0 0a000000 2800 1000 02000000 0100 feff dde0 00000000"),
      verbatim("0028 0010 5553 0002 0002"),
    ];
    const read = parse(bigEndian, { transferSyntaxUID: BIG_ENDIAN });
    expect([...(read.get("00111001")?.items?.[0]?.get("00280010")?.bytes ?? [])]).toEqual([1, 0]);
    expect([...(read.get("00280010")?.bytes ?? [])]).toEqual([2, 0]);
  });
});

describe("a delimiter that an explicit length does not need is skipped", () => {
  const content = "1000 2000 4c4f 0200 3137";
  const expected = { "00231010 SQ": [{ "00100020 LO": "17" }], "7FE00010 OW": "ab" };

  test.each([
    [
      "at the end of a sequence",
      `2300 1010 5351 0000 1a000000 feff00e0 0a000000 ${content} feffdde0 00000000`,
    ],
    ["at the end of an item", `2300 1010 5351 0000 1a000000 feff00e0 12000000 ${content} feff0de0 00000000`],
    ["behind an item", `2300 1010 5351 0000 1a000000 feff00e0 0a000000 ${content} feff0de0 00000000`],
    [
      "at the end of an item and of its sequence",
      `2300 1010 5351 0000 22000000 feff00e0 12000000 ${content} feff0de0 00000000 feffdde0 00000000`,
    ],
    ["behind a sequence", `2300 1010 5351 0000 12000000 feff00e0 0a000000 ${content} feffdde0 00000000`],
  ])("where it stands %s", (_, hex) => {
    expect(plain(parse([verbatim(hex), last]))).toEqual(expected);
  });

  test("in implicit VR too", () => {
    const hex = "4000 30a7 1a000000 feff00e0 0a000000 1000 2000 02000000 3137 feffdde0 00000000";
    expect(plain(parse([verbatim(hex), last], IMPLICIT))["0040A730 SQ"]).toEqual([{ "00100020 LO": "17" }]);
  });

  test("unless something follows it inside the length, which is refused", () => {
    const item = `feff00e0 0a000000 ${content}`;
    const more = verbatim(`2300 1010 5351 0000 2c000000 ${item} feffdde0 00000000 ${item}`);
    expect(() => parse([more, last])).toThrow("(0023,1010) cannot be read: expected an item or its end");
    const inItem = verbatim(
      `2300 1010 5351 0000 24000000 feff00e0 1c000000 ${content} feff0de0 00000000 ${content}`,
    );
    expect(() => parse([inItem, last])).toThrow("no element at offset");
  });
});

describe("an unknown VR", () => {
  test("has the long form, and is kept as UN", () => {
    const read = parse([first, verbatim("2900 1010 5a5a 0000 04000000 41424344"), last]);
    expect(plain(read)).toEqual({ ...around, "00291010 UN": "ABCD" });
  });

  test("has the short form where its reserved bytes are a length", () => {
    const read = parse([first, verbatim("2900 1010 5a5a 0400 41424344"), last]);
    expect(plain(read)).toEqual({ ...around, "00291010 UN": "ABCD" });
  });

  test("has the short form without a value where the long one does not fit", () => {
    const read = parse([first, verbatim("2900 1010 5a5a 0000"), last]);
    expect(plain(read)).toEqual({ ...around, "00291010 UN": "" });
  });

  test("with an undefined length is a sequence", () => {
    const hex = "2900 1010 5a5a 0000 ffffffff feff00e0 0a000000 1000 2000 02000000 3137 feffdde0 00000000";
    expect(plain(parse([verbatim(hex), last]))["00291010 SQ"]).toEqual([{ "00100020 LO": "17" }]);
  });
});

describe("an element whose VR is missing in an explicit VR file", () => {
  test("is read where its length leads to an element", () => {
    const read = parse([first, verbatim("2900 1010 04000000 41424344"), last]);
    expect(plain(read)).toEqual({ ...around, "00291010 UN": "ABCD" });
  });

  test("has the VR of the dictionary", () => {
    const read = parse([first, verbatim("2800 1000 02000000 0200"), last]);
    expect(read.get("00280010")?.vr).toBe("US");
  });

  test.each([
    ["several, one after the other", "2900 1010 04000000 41424344 2900 1110 02000000 4546"],
    ["one in an item", "4000 30a7 5351 0000 14000000 feff00e0 0c000000 2900 1010 04000000 41424344"],
    [
      "one in an item of undefined length",
      "4000 30a7 5351 0000 ffffffff feff00e0 ffffffff 2900 1010 04000000 41424344 feff0de0 00000000 feffdde0 00000000",
    ],
    ["a sequence", "4000 30a7 ffffffff feff00e0 0c000000 2900 1010 04000000 41424344 feffdde0 00000000"],
  ])("is read where the file has %s", (_, hex) => {
    expect(JSON.stringify(plain(parse([first, verbatim(hex), last])))).toContain('"00291010 UN":"ABCD"');
  });

  test.each([
    ["a length that goes beyond the file", "2900 1010 00ffff00 41424344"],
    ["a length that leads into a value", "2900 1010 02000000 41424344"],
    ["an undefined length without items", "2900 1010 ffffffff 41424344"],
  ])("of %s is refused by its tag, not by text of its value", (_, hex) => {
    expect(() => parse([first, verbatim(hex), last])).toThrow(
      /^DICOM attribute \(0029,1010\) cannot be read: expected a VR, got bytes [0-9A-F]{2} [0-9A-F]{2} with a length that does not fit$/,
    );
  });
});

test("bytes in items that are not pixel data stay bytes", () => {
  const hex = "0900 0110 4f42 0000 ffffffff feff00e0 00000000 feff00e0 02000000 4142 feffdde0 00000000";
  const read = parse([verbatim(hex), last]);
  expect(read.get("00091001")).toMatchObject({ vr: "OB", bytes: { length: 18 } });
  expect(() => parse([verbatim("0900 0110 4f42 0000 ffffffff 41424344"), last])).toThrow(
    "(0009,1001) cannot be read: VR OB with an undefined length",
  );
});
