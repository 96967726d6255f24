import { describe, expect, test } from "vitest";
import { toLittleEndian } from "../../../src/imaging/dicom/byte-order.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { dicomFile } from "./write-dicom.ts";

const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

describe("big-endian values", () => {
  test.each([
    ["US SS OW AT", [2, 1, 4, 3, 6, 5, 8, 7]],
    ["UL SL FL OF OL", [4, 3, 2, 1, 8, 7, 6, 5]],
    ["FD OD OV SV UV", [8, 7, 6, 5, 4, 3, 2, 1]],
    ["OB UN LO UI PN", [1, 2, 3, 4, 5, 6, 7, 8]],
  ])("of %s are swapped word by word", (vrs, expected) => {
    for (const vr of vrs.split(" ")) expect([...toLittleEndian(bytes, vr)], vr).toEqual(expected);
  });

  test("whose length is not a multiple of the word stay as they are", () => {
    expect([...toLittleEndian(bytes.subarray(0, 3), "US")]).toEqual([1, 2, 3]);
  });

  test("are read inside a sequence, unless that was sent as UN", () => {
    const tail = Buffer.from(
      [
        "0028 0103 5553 0002 0001",
        "0040 a730 5351 0000 ffffffff fffe e000 ffffffff 0028 0120 5353 0002 fff9 fffe e00d 00000000 fffe e0dd 00000000",
        "0040 db00 554e 0000 00000002 0102",
      ]
        .join("")
        .replaceAll(" ", ""),
      "hex",
    );
    const { dataSet } = parsePart10(dicomFile([], { transferSyntaxUID: "1.2.840.10008.1.2.2", tail }));
    const item = dataSet.get("0040A730")?.items?.[0];
    expect(item?.get("00280120")).toMatchObject({ vr: "SS", bytes: Uint8Array.of(0xf9, 0xff) });
    expect(dataSet.get("00280103")?.bytes).toEqual(Uint8Array.of(1, 0));
    expect([...(dataSet.get("0040DB00")?.bytes ?? [])]).toEqual([1, 2]);
  });
});
