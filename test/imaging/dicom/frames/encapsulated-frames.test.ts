import { describe, expect, test } from "vitest";
import { DicomError } from "../../../../src/imaging/dicom/dicom-error.ts";
import { pixelDataOf } from "../../../../src/imaging/dicom/frames/frames.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import {
  dicomFile,
  element,
  type EncapsulationOptions,
  encapsulatedPixelData,
  imageElements,
  instanceElements,
  sequence,
  type WritableElement,
} from "../write-dicom.ts";

const JPEG = "1.2.840.10008.1.2.4.50";
const JPEG_LS = "1.2.840.10008.1.2.4.80";
const JPEG_2000 = "1.2.840.10008.1.2.4.90";
const RLE = "1.2.840.10008.1.2.5";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** Not pictures, but laid out as such: a scan whose data has FF 00, a restart marker and `end`. */
const jpeg = (end: string, name = "01"): Uint8Array =>
  hex(`ffd8 ffe0 0004 ${name}${name} ffda 0006 010100 00 1234 ff00 56 ffd0 78 ${end}`);
/** An APP segment that holds a whole small JPEG, as previews do. */
const jpegWithPreview = hex("ffd8 ffe1 000a ffd8ff01ffd9 abcd ffda 0006 01010000 1234 ffd9");
const jpegLs = hex("ffd8 fff7 000b 0800040004 0101 1100 ffda 0008 01010000 0000 ff7f 1234 ffd9");
/** One tile-part of 20 bytes; its data, and a comment, look like items of DICOM. */
const jpeg2000 = (name = "01"): Uint8Array =>
  hex(
    `ff4f ff51 0004 ${name}00 ff64 000a feff00e0feffdde0 ff90 000a 0000 00000014 00 01 ff93 feff00e0feff ffd9`,
  );
const rle = (name: number): Uint8Array => {
  const frame = new Uint8Array(66).fill(name, 64);
  new DataView(frame.buffer).setUint32(0, 1, true);
  new DataView(frame.buffer).setUint32(4, 64, true);
  return frame;
};

interface Case {
  readonly transferSyntaxUID?: string;
  readonly numberOfFrames?: number;
  readonly others?: readonly WritableElement[];
  readonly tail?: Uint8Array;
  readonly isExplicit?: boolean;
}

function framesOf(
  fragments: readonly Uint8Array[],
  { transferSyntaxUID = JPEG, numberOfFrames, others = [], ...fileOptions }: Case = {},
  options: EncapsulationOptions = {},
): string[] {
  const image = imageElements({
    rows: 4,
    columns: 4,
    ...(numberOfFrames && { numberOfFrames }),
    pixelData: hex(""),
  });
  const elements = instanceElements(...image, ...others, encapsulatedPixelData(fragments, options));
  const pixelData = pixelDataOf(parsePart10(dicomFile(elements, { transferSyntaxUID, ...fileOptions })));
  return (pixelData?.frames ?? []).map((frame) => Buffer.from(frame).toString("hex"));
}

const hexOf = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString("hex");
const cut = (bytes: Uint8Array, ...ends: readonly number[]): Uint8Array[] =>
  [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));

const [first, second, third] = [jpeg("ffd9", "01"), jpeg("ffd9", "02"), jpeg("ffd9", "03")];

describe("in encapsulated pixel data,", () => {
  test("one fragment is a frame", () => {
    expect(framesOf([first])).toEqual([hexOf(first)]);
  });

  test("all fragments of a single frame are joined", () => {
    expect(framesOf(cut(first, 4, 10, 12))).toEqual([hexOf(first)]);
  });

  test("each fragment is a frame where their numbers are equal, with any offset table", () => {
    for (const offsetTable of [[], [0, 9, 7], [0], [4_294_967_295, 1, 2]]) {
      expect(framesOf([first, second, third], { numberOfFrames: 3 }, { offsetTable })).toEqual(
        [first, second, third].map((each) => hexOf(each)),
      );
    }
  });

  test("each fragment is a frame where their numbers are equal, also with an extended offset table", () => {
    const others = [
      element("7FE00001", "OV", new Uint8Array(16)),
      element("7FE00002", "OV", new Uint8Array(16)),
    ];
    expect(framesOf([first, second], { numberOfFrames: 2, others })).toEqual([hexOf(first), hexOf(second)]);
  });

  test("several fragments of each frame are assigned by the offset table", () => {
    const fragments = [...cut(rle(1), 64), rle(2)];
    const offsetTable = [0, 64 + 2 + 2 * 8];
    // Neither the second fragment nor its like elsewhere says of itself what it belongs to.
    expect(framesOf(fragments, { transferSyntaxUID: RLE, numberOfFrames: 2 }, { offsetTable })).toEqual([
      hexOf(rle(1)),
      hexOf(rle(2)),
    ]);
  });

  test.each([
    ["empty", []],
    ["wrong", [0, 12]],
    ["beyond the end", [0, 4_000_000_000]],
    ["not ascending", [0, 0]],
    ["of another number of frames", [0, 10, 20]],
    ["missing", false],
  ] as const)(
    "frames of several fragments are separated although the offset table is %s",
    (_, offsetTable) => {
      const fragments = [...cut(first, 6, 20), ...cut(second, 12)];
      expect(framesOf(fragments, { numberOfFrames: 2 }, { offsetTable })).toEqual([
        hexOf(first),
        hexOf(second),
      ]);
      const planes = [...cut(jpeg2000("01"), 30), ...cut(jpeg2000("02"), 30)];
      expect(framesOf(planes, { numberOfFrames: 2, transferSyntaxUID: JPEG_2000 }, { offsetTable })).toEqual([
        hexOf(jpeg2000("01")),
        hexOf(jpeg2000("02")),
      ]);
    },
  );

  test.each([
    [JPEG, [first, jpegWithPreview, third]],
    [JPEG_LS, [jpegLs, jpegLs, jpegLs]],
    [JPEG_2000, [jpeg2000("01"), jpeg2000("02"), jpeg2000("03")]],
  ])("several frames in one fragment are split at their ends (%s)", (transferSyntaxUID, frames) => {
    const expected = frames.map((each) => hexOf(each));
    const whole = new Uint8Array(Buffer.concat(frames));
    expect(framesOf([whole], { numberOfFrames: 3, transferSyntaxUID })).toEqual(expected);
    expect(framesOf(cut(whole, 17), { numberOfFrames: 3, transferSyntaxUID })).toEqual(expected);
    const padded = new Uint8Array(Buffer.concat(frames.flatMap((each) => [each, Buffer.alloc(1)])));
    expect(framesOf([padded], { numberOfFrames: 3, transferSyntaxUID })).toEqual(expected);
  });

  test("empty fragments are ignored", () => {
    expect(framesOf([hex(""), first, hex(""), second], { numberOfFrames: 2 })).toEqual([
      hexOf(first),
      hexOf(second),
    ]);
  });

  test("bytes that look like an item, in a comment or in the data, are not read as one", () => {
    expect(framesOf([jpeg2000()], { transferSyntaxUID: JPEG_2000 })).toEqual([hexOf(jpeg2000())]);
  });

  test("the pixel data of an icon is not a frame", () => {
    const icon = sequence("00880200", [
      [
        ...imageElements({ rows: 1, columns: 2, pixelData: hex("") }).slice(0, -1),
        encapsulatedPixelData([second]),
      ],
    ]);
    expect(framesOf([first], { others: [icon] })).toEqual([hexOf(first)]);
    const without = dicomFile(instanceElements(icon), { transferSyntaxUID: JPEG });
    expect(pixelDataOf(parsePart10(without))).toBeUndefined();
  });
});

describe("encapsulated pixel data is read without", () => {
  test("the delimiter at the end", () => {
    expect(framesOf([first, second], { numberOfFrames: 2 }, { hasDelimiter: false })).toHaveLength(2);
  });

  test("the delimiter, unless zeros begin inside the last codestream, which is refused", () => {
    const zeros = new Uint8Array(300);
    const without = { hasDelimiter: false };
    const message = "PixelData is truncated: expected its delimiter, got 300 bytes of zeros";
    const filled = first.slice().fill(0, first.length / 2);
    expect(() => framesOf([filled], { tail: zeros }, without)).toThrow(message);
    const [start, end] = [first.subarray(0, 20), first.subarray(20)];
    expect(framesOf([start, end], { tail: zeros }, without)).toHaveLength(1);
    expect(() => framesOf([start], { tail: zeros }, without)).toThrow(message);
    const run = { transferSyntaxUID: RLE, tail: zeros };
    expect(framesOf([rle(7)], run, without)).toHaveLength(1);
    expect(() => framesOf([rle(0)], run, without)).toThrow(message);
  });

  test("the delimiter, where zeros or another element follow", () => {
    expect(framesOf([first], { tail: new Uint8Array(300) }, { hasDelimiter: false })).toHaveLength(1);
    const others = [element("FFFCFFFC", "OB", new Uint8Array(10))];
    expect(framesOf([first], { others }, { hasDelimiter: false })).toHaveLength(1);
  });

  const odd = jpeg("aa ffd9");
  test.each([
    ["the pad byte of an odd length", hex("")],
    ["the count of the pad byte of an odd length", hex("00")],
  ])("%s", (_, oddPadding) => {
    expect(odd.length % 2).toBe(1);
    for (const hasDelimiter of [true, false]) {
      const frames = framesOf([odd, odd], { numberOfFrames: 2 }, { oddPadding, hasDelimiter });
      expect(frames).toEqual([hexOf(odd), hexOf(odd)]);
    }
  });

  test("the item of the offset table", () => {
    expect(framesOf([first, second], { numberOfFrames: 2 }, { offsetTable: false })).toHaveLength(2);
  });

  test("an explicit VR", () => {
    expect(framesOf([first], { isExplicit: false })).toEqual([hexOf(first)]);
  });
});

describe("encapsulated pixel data is refused for", () => {
  test.each([
    ["fewer fragments than frames", [first, second], 3],
    ["no fragment", [], 1],
    ["more frames than NumberOfFrames", [first, second, third], 2],
    ["several frames where NumberOfFrames is missing", [first, second], undefined],
    ["an absurd number of frames", [first, second], 2 ** 31 - 1],
    ["a frame without an end before another", [jpeg("12"), jpeg("34"), ...cut(first, 8)], 3],
  ])("%s", (_, fragments, numberOfFrames) => {
    expect(() => framesOf(fragments, { ...(numberOfFrames && { numberOfFrames }) })).toThrow(
      new RegExp(`expected ${numberOfFrames ?? 1} frames, got`),
    );
  });

  test.each([
    ["JPEG", JPEG, first],
    ["JPEG-LS", JPEG_LS, jpegLs],
    ["JPEG 2000", JPEG_2000, jpeg2000("01")],
  ])("a second codestream of %s behind a frame's own", (_, transferSyntaxUID, frame) => {
    const two = new Uint8Array(Buffer.concat([frame, Buffer.alloc(1), frame]));
    expect(() => framesOf([two], { transferSyntaxUID })).toThrow(
      `expected one codestream in frame 1, got more after its ${frame.length} bytes`,
    );
    expect(() => framesOf([frame, two], { transferSyntaxUID, numberOfFrames: 2 })).toThrow("in frame 2");
  });

  test("RLE frames in one fragment, since their ends cannot be found", () => {
    const whole = new Uint8Array(Buffer.concat([rle(1), rle(2)]));
    expect(() => framesOf([whole], { numberOfFrames: 2, transferSyntaxUID: RLE })).toThrow(DicomError);
  });

  test("a fragment that is cut off by the end of the file", () => {
    const pixelData = encapsulatedPixelData([first, second], { hasDelimiter: false });
    const bytes = pixelData.bytes.subarray(0, -3);
    const file = dicomFile(instanceElements({ ...pixelData, bytes }), { transferSyntaxUID: JPEG });
    expect(() => parsePart10(file)).toThrow(
      `DICOM attribute PixelData is truncated: expected a fragment of ${second.length} bytes, got ${second.length - 3}`,
    );
  });
});
