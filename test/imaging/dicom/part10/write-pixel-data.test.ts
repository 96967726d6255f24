import { expect, test } from "vitest";
import { layOutEncapsulated, layOutNative } from "../../../../src/imaging/dicom/part10/write-pixel-data.ts";

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");

/** Written in groups, to be read. */
const grouped = (text: string): string => text.replaceAll(" ", "");

test("native pixel data of odd length is padded once, behind the last frame", () => {
  const { start, around, end } = layOutNative(8, [3, 3, 3]);
  expect([hex(start), around, hex(end)]).toEqual([grouped("e07f1000 4f42 0000 0a000000"), [], "00"]);
  expect(hex(layOutNative(16, [6]).start)).toBe(grouped("e07f1000 4f57 0000 06000000"));
});

test("encapsulated frames of odd length are padded each, and the offset table counts that", () => {
  const { start, around, end } = layOutEncapsulated([3, 4]);
  expect(hex(start)).toBe(grouped("e07f1000 4f42 0000 ffffffff feff00e0 08000000 00000000 0c000000"));
  expect(around.map(({ before, after }) => [hex(before), hex(after)])).toEqual([
    [grouped("feff00e0 04000000"), "00"],
    [grouped("feff00e0 04000000"), ""],
  ]);
  expect(hex(end)).toBe(grouped("feffdde0 00000000"));
});

test("an offset table whose offsets would not fit is left empty", () => {
  expect(hex(layOutEncapsulated([2 ** 32 - 2, 2]).start).slice(-16)).toBe(grouped("feff00e0 00000000"));
});
