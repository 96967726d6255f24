import { describe, expect, test } from "vitest";
import { DicomError } from "../../../../src/imaging/dicom/dicom-error.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import {
  dataSet,
  dicomFile,
  element,
  encapsulatedPixelData,
  sequence,
  type WritableElement,
} from "../write-dicom.ts";

const IMPLICIT = { transferSyntaxUID: "1.2.840.10008.1.2" };
const parse = (elements: WritableElement[], options = {}) =>
  parsePart10(dicomFile(elements, options)).dataSet;
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("latin1");

describe("the reader of Part 10 files refuses", () => {
  test.each([
    ["an empty file", new Uint8Array(0)],
    ["a text file", Buffer.from("DICM is not at offset 128\n".repeat(20))],
    ["a preamble alone", Buffer.concat([new Uint8Array(128), Buffer.from("DICM")])],
    ["file meta information alone", dicomFile([])],
    ["a data set without file meta information", dataSet([element("00100020", "LO", "x".repeat(200))], true)],
    ["a preamble and a data set", dicomFile([element("00100020", "LO", "1")], { fileMeta: [] })],
  ])("%s", (_, bytes) => {
    expect(() => parsePart10(new Uint8Array(bytes))).toThrow(
      new DicomError("DICOM attributes does not exist"),
    );
  });
});

describe("the transfer syntax of a Part 10 file", () => {
  const refusal = (transferSyntaxUID: string) => () =>
    parse([element("00100020", "LO", "1")], { transferSyntaxUID });

  test("is refused with the service's message where it is missing", () => {
    const fileMeta = [element("00020012", "UI", "1.2.3")];
    expect(() => parsePart10(dicomFile([element("00100020", "LO", "1")], { fileMeta }))).toThrow(
      "DICOM attribute TransferSyntaxUID does not exist",
    );
  });

  test("is refused by its name where the service does not import it", () => {
    expect(refusal("1.2.840.10008.1.2.4.53")).toThrow(
      "Transfer syntax 1.2.840.10008.1.2.4.53 is not supported by the service",
    );
  });

  test("may say explicit VR although the data set is in implicit VR", () => {
    const read = parse([element("00100020", "LO", "17")], { isExplicit: false });
    expect(text(read.get("00100020")?.bytes)).toBe("17");
  });

  test("may say implicit VR although the data set is in explicit VR", () => {
    const read = parse([element("00100020", "LO", "17")], { ...IMPLICIT, isExplicit: true });
    expect(text(read.get("00100020")?.bytes)).toBe("17");
  });
});

describe("among the VRs of a Part 10 file,", () => {
  test("those of implicit VR come from the dictionary", () => {
    const read = parse([element("00100010", "PN", "Doe"), element("00280010", "US", 2)], IMPLICIT);
    expect([...read.values()].map(({ vr }) => vr)).toEqual(["PN", "US"]);
  });

  test.each([
    [0, "US"],
    [1, "SS"],
  ])("with Pixel Representation %i, US or SS is %s", (pixelRepresentation, vr) => {
    const elements = [element("00280103", "US", pixelRepresentation), element("00280120", "US", 7)];
    expect(parse(elements, IMPLICIT).get("00280120")?.vr).toBe(vr);
  });

  test("US or SS in an item follows the Pixel Representation around the item", () => {
    const item = [element("00280120", "SS", -7)];
    const read = parse([element("00280103", "US", 1), sequence("00289145", [item])], IMPLICIT);
    expect(read.get("00289145")?.items?.[0]?.get("00280120")?.vr).toBe("SS");
  });

  test.each(["60003000", "60023000", "7FE00010", "00283006"])("%s is OW in implicit VR", (tag) => {
    expect(parse([element(tag, "OW", Uint8Array.of(1, 2))], IMPLICIT).get(tag)?.vr).toBe("OW");
  });

  test("private creators are LO and other private elements UN in implicit VR", () => {
    const elements = [element("00090010", "LO", "ACME"), element("00091001", "SH", "x")];
    expect([...parse(elements, IMPLICIT).values()].map(({ vr }) => vr)).toEqual(["LO", "UN"]);
  });

  test("an element that was sent as UN has the VR of the dictionary", () => {
    const read = parse([element("00100020", "UN", Buffer.from("17"))]);
    expect(read.get("00100020")?.vr).toBe("LO");
  });

  test.each(["OV", "SV", "UV"])("%s has a 4-byte length", (vr) => {
    const read = parse([element("00091001", vr, new Uint8Array(8)), element("00100020", "LO", "17")]);
    expect([...read.values()].map((each) => [each.tag, each.vr, each.bytes.length])).toEqual([
      ["00091001", vr, 8],
      ["00100020", "LO", 2],
    ]);
  });

  test("letters that are not a VR are read as UN", () => {
    expect(parse([element("00091001", "QQ", Uint8Array.of(1, 2))]).get("00091001")?.vr).toBe("UN");
  });
});

describe("in a Part 10 file with sequences,", () => {
  const nested = (hasUndefinedLength: boolean) =>
    sequence(
      "0040A730",
      [[sequence("0040A043", [[element("00080100", "SH", "A")]], { hasUndefinedLength })], []],
      { hasUndefinedLength },
    );

  test.each([
    ["explicit VR, defined lengths", {}, false],
    ["explicit VR, undefined lengths", {}, true],
    ["implicit VR, defined lengths", IMPLICIT, false],
    ["implicit VR, undefined lengths", IMPLICIT, true],
  ])("the nested sequence is read: %s", (_, options, hasUndefinedLength) => {
    const read = parse([nested(hasUndefinedLength), element("00400555", "SQ")], options);
    const items = read.get("0040A730")?.items;
    expect(items?.length).toBe(2);
    expect(items?.[1]?.size).toBe(0);
    expect(text(items?.[0]?.get("0040A043")?.items?.[0]?.get("00080100")?.bytes)).toBe("A ");
    expect(read.get("00400555")?.items).toEqual([]);
  });

  test("a private sequence of undefined length is read in implicit VR", () => {
    const inner = sequence("00091002", [[element("00100020", "LO", "17")]], { hasUndefinedLength: true });
    const read = parse([sequence("00091001", [[inner]], { hasUndefinedLength: true })], IMPLICIT);
    const item = read.get("00091001")?.items?.[0]?.get("00091002")?.items?.[0];
    expect(text(item?.get("00100020")?.bytes)).toBe("17");
  });

  test("a private sequence of defined length stays bytes in implicit VR", () => {
    const read = parse([sequence("00091001", [[element("00100020", "LO", "17")]])], IMPLICIT);
    expect(read.get("00091001")).toMatchObject({ vr: "UN", bytes: { length: 18 } });
  });

  test.each([true, false])(
    "a sequence that was sent as UN is read (undefined length: %s)",
    (hasUndefinedLength) => {
      const items = [[element("00080100", "SH", "A")]];
      const read = parse([sequence("0040A043", items, { vr: "UN", hasUndefinedLength })]);
      expect(text(read.get("0040A043")?.items?.[0]?.get("00080100")?.bytes)).toBe("A ");
    },
  );

  test("UN bytes that are not a sequence stay UN, also where the dictionary says SQ", () => {
    const read = parse([element("0040A043", "UN", Buffer.from("nonsense"))]);
    expect(read.get("0040A043")).toMatchObject({ vr: "UN", bytes: { length: 8 } });
  });

  test("endless nesting is refused", () => {
    let deep = sequence("0040A730", []);
    for (let depth = 0; depth < 200; depth += 1) deep = sequence("0040A730", [[deep]]);
    expect(() => parse([deep])).toThrow("DICOM sequences are nested too deeply");
  });

  test("nesting too deep for the stack is refused", () => {
    const opening = Buffer.concat([
      dataSet([sequence("0040A730", [], { claimedLength: 0xffffffff })], true),
      Buffer.from("feff00e0ffffffff", "hex"),
    ]);
    const tail = Buffer.concat(Array.from({ length: 50_000 }, () => opening));
    expect(() => parse([element("00100020", "LO", "1")], { tail })).toThrow(
      "DICOM sequences are nested too deeply",
    );
  });

  test("private nesting of undefined length is read as deep as any other", () => {
    let deep = sequence("00091001", [], { hasUndefinedLength: true });
    for (let depth = 0; depth < 50; depth += 1) {
      deep = sequence("00091001", [[deep]], { hasUndefinedLength: true });
    }
    let depth = 0;
    for (let read = parse([deep], IMPLICIT).get("00091001"); read; read = read.items?.[0]?.get("00091001")) {
      depth += 1;
    }
    expect(depth).toBe(51);
  });

  test("an item that runs past its sequence is refused", () => {
    const tooLong = sequence("0040A730", [[element("0040A160", "UT", "12", { claimedLength: 20 })]]);
    const elements = [tooLong, element("0040A731", "LO", "x".repeat(60))];
    expect(() => parse(elements)).toThrow(DicomError);
    expect(() => parse(elements, IMPLICIT)).toThrow(DicomError);
  });
});

describe("in a Part 10 file,", () => {
  test("elements come in ascending order", () => {
    const read = parse([element("00100020", "LO", "1"), element("00080060", "CS", "CT")]);
    expect([...read.keys()]).toEqual(["00080060", "00100020"]);
  });

  test("group lengths are left out, private ones too", () => {
    const lengths = [element("00080000", "UL", 10), element("00090000", "UL", 10)];
    expect([...parse([...lengths, element("00090010", "LO", "ACME")]).keys()]).toEqual(["00090010"]);
  });

  test("the last of two elements with the same tag counts", () => {
    const read = parse([element("00100020", "LO", "1 "), element("00100020", "LO", "2 ")]);
    expect(text(read.get("00100020")?.bytes)).toBe("2 ");
  });

  test.each([1, 7, 8, 1000])("%i zeros after the last element are padding", (length) => {
    const read = parse([element("00100020", "LO", "1")], { tail: new Uint8Array(length) });
    expect([...read.keys()]).toEqual(["00100020"]);
  });

  test("a file meta information group with a wrong length is read", () => {
    const fileMeta = [element("00020000", "UL", 4), element("00020010", "UI", "1.2.840.10008.1.2.1")];
    expect(parse([element("00100020", "LO", "1")], { fileMeta }).size).toBe(1);
  });

  test("the fragments of encapsulated pixel data are views of the file", () => {
    const elements = [encapsulatedPixelData([Uint8Array.of(1, 2), Uint8Array.of(3, 4)])];
    const read = parse(elements, { transferSyntaxUID: "1.2.840.10008.1.2.5" }).get("7FE00010");
    expect(read?.encapsulated?.fragments.map((fragment) => [...fragment])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe("in a truncated file,", () => {
  test("a value that is cut off is refused with the expected and the found length", () => {
    const cut = element("7FE00010", "OW", new Uint8Array(10), { claimedLength: 8192 });
    expect(() => parse([cut])).toThrow("DICOM attribute PixelData is truncated: expected 8192 bytes, got 10");
  });

  test("half an element header is refused", () => {
    expect(() => parse([element("00100020", "LO", "1")], { tail: Uint8Array.of(0x10, 0, 0x30) })).toThrow(
      "DICOM data set is truncated: 3 bytes at its end are not an element",
    );
  });

  test("a sequence without its end is refused", () => {
    const open = sequence("0040A730", [[element("00080100", "SH", "A")]], { claimedLength: 0xffffffff });
    expect(() => parse([open])).toThrow(
      "DICOM attribute ContentSequence is truncated: the file ends within it",
    );
  });
});
