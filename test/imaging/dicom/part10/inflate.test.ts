import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DicomError } from "../../../../src/imaging/dicom/dicom-error.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import { dataSet, dicomFile, element } from "../write-dicom.ts";

const DEFLATED = "1.2.840.10008.1.2.1.99";
const deflatedFile = (tail: Uint8Array): Uint8Array => dicomFile([], { transferSyntaxUID: DEFLATED, tail });

const patientId = dataSet([element("00100020", "LO", "1234")], true);

describe("a deflated data set", () => {
  test("is read", () => {
    const { dataSet: read, transferSyntaxUid } = parsePart10(deflatedFile(deflateRawSync(patientId)));
    expect(Buffer.from(read.get("00100020")?.bytes ?? []).toString()).toBe("1234");
    expect(transferSyntaxUid).toBe(DEFLATED);
  });

  test("is read where it is padded to even length", () => {
    const padded = Buffer.concat([deflateRawSync(patientId), Buffer.alloc(1)]);
    expect(parsePart10(deflatedFile(padded)).dataSet.size).toBe(1);
  });

  test.each([
    ["zeros", Buffer.alloc(400)],
    ["zlib's checksum", Buffer.from("1a0b045d", "hex")],
    ["gzip's checksum and length", Buffer.from("1a0b045d12345678", "hex")],
  ])("is read where it is followed by %s", (_, trailer) => {
    const read = parsePart10(deflatedFile(Buffer.concat([deflateRawSync(patientId), trailer])));
    expect(read.dataSet.size).toBe(1);
  });

  test("is refused where another deflated part follows", () => {
    const rest = deflateRawSync(dataSet([element("7FE00010", "OW", "abcd")], true));
    expect(() => parsePart10(deflatedFile(Buffer.concat([deflateRawSync(patientId), rest])))).toThrow(
      `DICOM data set cannot be inflated: expected its end, got ${rest.length} more bytes after it`,
    );
  });

  test.each([
    [
      "cut off",
      deflateRawSync(Buffer.concat([patientId, Buffer.alloc(999, "abc")])).subarray(0, 20),
      "truncated",
    ],
    ["not deflated", Buffer.from([7, 1, 2, 3]), "cannot be inflated"],
    ["empty", deflateRawSync(Buffer.alloc(0)), "DICOM attributes does not exist"],
  ])("is refused where it is %s", (_, deflated, message) => {
    expect(() => parsePart10(deflatedFile(deflated))).toThrow(DicomError);
    expect(() => parsePart10(deflatedFile(deflated))).toThrow(message);
  });

  test("is refused where it expands too much, before it takes much memory", () => {
    const bomb = deflatedFile(deflateRawSync(Buffer.alloc(300 * 2 ** 20)));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => parsePart10(bomb)).toThrow(
      "DICOM data set cannot be inflated: it has more than 67108864 bytes",
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20);
  });

  test("may inflate to a thousand times its size, as blank images do", () => {
    const blank = dataSet([element("7FE00010", "OW", new Uint8Array(50 * 2 ** 20))], true);
    const read = parsePart10(deflatedFile(deflateRawSync(blank)));
    expect(read.dataSet.get("7FE00010")?.bytes.length).toBe(50 * 2 ** 20);
  });
});
