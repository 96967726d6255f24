import { describe, expect, test } from "vitest";
import { DicomError } from "../../../../src/imaging/dicom/dicom-error.ts";
import { pixelDataOf } from "../../../../src/imaging/dicom/frames/frames.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import {
  dicomFile,
  element,
  encapsulatedPixelData,
  imageElements,
  type ImageOptions,
  instanceElements,
  sequence,
  type WritableElement,
} from "../write-dicom.ts";

const JPEG_2000 = { transferSyntaxUID: "1.2.840.10008.1.2.4.90" };

const read = (elements: readonly WritableElement[], options = {}) =>
  pixelDataOf(parsePart10(dicomFile(instanceElements(...elements), options)));

const readImage = (image: ImageOptions) => read(imageElements(image));
const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index % 256);

/** A 2x3 image with one attribute left out. */
const without = (tag: string) =>
  read(imageElements({ rows: 2, columns: 3, pixelData: bytes(6) }).filter((each) => each.tag !== tag));

describe("the reader of pixel data finds", () => {
  test("one frame where NumberOfFrames is missing", () => {
    const pixelData = readImage({ rows: 2, columns: 3, pixelData: bytes(6) });
    expect(pixelData?.frames.map((frame) => [...frame])).toEqual([[0, 1, 2, 3, 4, 5]]);
  });

  test("several frames, each a view of its part of the file", () => {
    const file = dicomFile(
      instanceElements(
        ...imageElements({ rows: 1, columns: 2, bitsAllocated: 16, numberOfFrames: 2, pixelData: bytes(8) }),
      ),
    );
    const frames = pixelDataOf(parsePart10(file))?.frames ?? [];
    expect(frames.map((frame) => [...frame])).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    expect(frames.every((frame) => frame.buffer === file.buffer)).toBe(true);
  });

  test("a shape with the values of the attributes", () => {
    const image = {
      rows: 2,
      columns: 1,
      samplesPerPixel: 3,
      bitsAllocated: 16,
      bitsStored: 12,
      isSigned: true,
    };
    const pixelData = readImage({
      ...image,
      planarConfiguration: 1,
      photometricInterpretation: "RGB",
      pixelData: bytes(12),
    });
    expect(pixelData?.shape).toEqual({
      ...image,
      highBit: 11,
      planarConfiguration: 1,
      photometricInterpretation: "RGB",
    });
  });

  test("no frame in an instance without pixel data", () => {
    expect(read([])).toBeUndefined();
    expect(read([], JPEG_2000)).toBeUndefined();
  });

  test("no frame in the pixel data of an icon", () => {
    expect(
      read([sequence("00880200", [imageElements({ rows: 1, columns: 2, pixelData: bytes(2) })])]),
    ).toBeUndefined();
  });
});

describe("the attributes of an image:", () => {
  test.each([
    ["00280004", "PhotometricInterpretation"],
    ["00280010", "Rows"],
    ["00280011", "Columns"],
    ["00280100", "BitsAllocated"],
  ])("an image without %s is refused", (tag, keyword) => {
    expect(() => without(tag)).toThrow(new DicomError(`DICOM attribute ${keyword} does not exist`));
  });

  test.each(["00280101", "00280102", "00280103"])(
    "an image without %s has samples that fill the allocated bits",
    (tag) => {
      expect(without(tag)?.shape).toMatchObject({ bitsStored: 8, highBit: 7, isSigned: false });
    },
  );

  test.each([
    ["MONOCHROME1", 1],
    ["MONOCHROME2", 1],
    ["PALETTE COLOR", 1],
    ["RGB", 3],
    ["YBR_FULL", 3],
    ["YBR_RCT", 3],
  ])(
    "without SamplesPerPixel, %s decides that there are %i samples a pixel",
    (photometricInterpretation, samplesPerPixel) => {
      const image = { rows: 2, columns: 3, photometricInterpretation, pixelData: bytes(6 * samplesPerPixel) };
      const elements = imageElements(image).filter(({ tag }) => tag !== "00280002");
      expect(read(elements)?.shape).toMatchObject({ samplesPerPixel });
    },
  );

  test("an image without SamplesPerPixel is refused where no other attribute decides", () => {
    const image = { rows: 2, columns: 3, photometricInterpretation: "CMYK", pixelData: bytes(24) };
    const elements = imageElements(image).filter(({ tag }) => tag !== "00280002");
    expect(() => read(elements)).toThrow(new DicomError("DICOM attribute SamplesPerPixel does not exist"));
  });

  test("NumberOfFrames 0 with the data of one frame is read as one frame", () => {
    const image = { rows: 2, columns: 3, numberOfFrames: 0, pixelData: bytes(6) };
    expect(readImage(image)?.frames.map(({ length }) => length)).toEqual([6]);
    const fragments = [Uint8Array.of(255, 216, 255, 217), Uint8Array.of(255, 216, 255, 217)];
    const compressed = (count: number) =>
      read([...imageElements(image), encapsulatedPixelData(fragments.slice(0, count))], JPEG_2000);
    expect(compressed(1)?.frames.length).toBe(1);
  });

  test("NumberOfFrames 0 with the data of more frames is refused", () => {
    expect(() => readImage({ rows: 2, columns: 3, numberOfFrames: 0, pixelData: bytes(12) })).toThrow(
      "expected 6 bytes (1 x 6), got 12",
    );
  });

  test.each(["-1", "1.5", "x"])("NumberOfFrames %s is refused", (count) => {
    const image = imageElements({ rows: 2, columns: 3, pixelData: bytes(6) });
    expect(() => read([...image, element("00280008", "IS", count)])).toThrow(
      /^DICOM attribute NumberOfFrames is /,
    );
  });

  test("an empty NumberOfFrames is read as one frame", () => {
    const image = imageElements({ rows: 2, columns: 3, pixelData: bytes(6) });
    expect(read([...image, element("00280008", "IS")])?.frames.length).toBe(1);
  });

  test("an image without pixels is refused", () => {
    expect(() =>
      readImage({ rows: 0, columns: 3, numberOfFrames: 2 ** 31 - 1, pixelData: bytes(2) }),
    ).toThrow("An image of 3x0x1 has no pixels");
  });
});

describe("in native pixel data,", () => {
  test("missing bytes are refused with the found and the expected length", () => {
    expect(() => readImage({ rows: 4, columns: 4, numberOfFrames: 12, pixelData: bytes(160) })).toThrow(
      "DICOM attribute PixelData: expected 192 bytes (12 x 16), got 160",
    );
  });

  test("data of odd length has a pad byte", () => {
    expect(
      readImage({ rows: 3, columns: 3, pixelData: bytes(9) })?.frames.map(({ length }) => length),
    ).toEqual([9]);
  });

  test("the pad byte may have any value", () => {
    const padded = Buffer.from("0102030405060708 09ff".replace(" ", ""), "hex");
    expect(readImage({ rows: 3, columns: 3, pixelData: padded })?.frames.length).toBe(1);
  });

  test.each([
    ["two extra bytes", 18],
    ["an extra row", 20],
    ["a part of an extra frame", 30],
    ["samples of 16 bits in place of 8", 32],
    ["three samples a pixel in place of one", 48],
  ])("data with %s is refused, since pixels might be wrong", (_, length) => {
    expect(() => readImage({ rows: 4, columns: 4, pixelData: bytes(length) })).toThrow(
      new DicomError(`DICOM attribute PixelData: expected 16 bytes (1 x 16), got ${length}`),
    );
  });

  test("frames of odd length that each have a pad byte are refused, even where all bytes are zeros", () => {
    const black = { rows: 3, columns: 3, numberOfFrames: 2, pixelData: new Uint8Array(20) };
    expect(() => readImage(black)).toThrow("expected 18 bytes (2 x 9), got 20");
  });

  test("any number of zeros at the end is padding", () => {
    expect(readImage({ rows: 4, columns: 4, pixelData: new Uint8Array(64) })?.frames.length).toBe(1);
  });

  test("more frames than NumberOfFrames are refused, since they would be lost", () => {
    expect(() => readImage({ rows: 4, columns: 4, numberOfFrames: 10, pixelData: bytes(192) })).toThrow(
      "expected 160 bytes (10 x 16), got 192",
    );
  });

  test("absurd sizes are refused before memory is allocated", () => {
    const absurd = { rows: 65535, columns: 65535, samplesPerPixel: 65535, numberOfFrames: 2 ** 31 - 1 };
    expect(() => readImage({ ...absurd, pixelData: bytes(2) })).toThrow(/expected .* bytes/);
  });

  describe.each(["YBR_FULL_422", "YBR_PARTIAL_422"])("the data of %s", (photometricInterpretation) => {
    const image = { rows: 2, columns: 2, samplesPerPixel: 3, photometricInterpretation };

    test("has two bytes a pixel", () => {
      const pixelData = readImage({ ...image, pixelData: bytes(8) });
      expect(pixelData?.frames.map(({ length }) => length)).toEqual([8]);
      expect(pixelData?.shape).toMatchObject({ photometricInterpretation });
    });

    test.each([undefined, 1, 2, 3])(
      "with three samples a pixel is read as YBR_FULL (NumberOfFrames %s)",
      (numberOfFrames) => {
        const count = numberOfFrames ?? 1;
        const several = { ...image, ...(numberOfFrames && { numberOfFrames }), pixelData: bytes(12 * count) };
        const pixelData = readImage(several);
        expect(Buffer.concat(pixelData?.frames ?? [])).toEqual(Buffer.from(bytes(12 * count)));
        expect(pixelData?.frames.map(({ length }) => length)).toEqual(
          Array.from({ length: count }, () => 12),
        );
        expect(pixelData?.shape).toMatchObject({ photometricInterpretation: "YBR_FULL" });
      },
    );

    test("with three samples a pixel and odd rows and columns may have a pad byte", () => {
      const pixelData = readImage({ ...image, rows: 3, columns: 3, pixelData: bytes(27) });
      expect(pixelData?.frames.map(({ length }) => length)).toEqual([27]);
    });

    test.each([10, 14, 22])("of any other length is refused: %i bytes", (length) => {
      expect(() => readImage({ ...image, pixelData: bytes(length) })).toThrow(
        `expected 8 bytes (1 x 8), got ${length}`,
      );
    });
  });
});

describe("the reader of pixel data refuses", () => {
  test("native pixel data in a compressed syntax", () => {
    const image = imageElements({ rows: 2, columns: 3, pixelData: bytes(6) });
    expect(() => read(image, JPEG_2000)).toThrow(
      "Pixel data of transfer syntax 1.2.840.10008.1.2.4.90 is not encapsulated",
    );
  });

  test("fragments in a native syntax", () => {
    const image = imageElements({ rows: 2, columns: 3, pixelData: bytes(6) });
    expect(() => read([...image, encapsulatedPixelData([bytes(6)])])).toThrow(
      "Pixel data of transfer syntax 1.2.840.10008.1.2.1 is encapsulated",
    );
  });

  test("binary segmentation", () => {
    expect(() => readImage({ rows: 16, columns: 16, bitsAllocated: 1, pixelData: bytes(32) })).toThrow(
      "Binary segmentation (BitsAllocated 1) is not supported by the service",
    );
  });

  test("samples with 12 bits allocated", () => {
    expect(() => readImage({ rows: 2, columns: 2, bitsAllocated: 12, pixelData: bytes(6) })).toThrow(
      "BitsAllocated 12 is not supported",
    );
  });

  test.each([
    ["7FE00008", "OF", "FloatPixelData"],
    ["7FE00009", "OD", "DoubleFloatPixelData"],
  ])("the pixel data of tag %s", (tag, vr, keyword) => {
    expect(() => read([element(tag, vr, bytes(8))])).toThrow(`DICOM attribute ${keyword} is not supported`);
  });
});
