import { deflateRawSync } from "node:zlib";
import { dataSet, dicomFile, element } from "../../../test/imaging/dicom/write-dicom.ts";
import { convertedFile, type CorpusFile, type FileOptions, ownFile } from "../corpus-file.ts";
import { shapeOf } from "../image.ts";
import {
  BIG_ENDIAN,
  commonElements,
  DEFLATED,
  fileMetaOf,
  identityOf,
  IMPLICIT,
  paletteElements,
  pixelDataElement,
  shapeElements,
  sorted,
} from "../instance.ts";
import { drawPhantom } from "../phantom.ts";

/** Images as the uncompressed transfer syntaxes hold them. */
export function uncompressedFiles(): CorpusFile[] {
  return [...nativeFiles(), ...implicitFiles(), ...bigEndianFiles(), ...deflatedFiles(), ...refusedFiles()];
}

type Shape = Parameters<typeof shapeOf>;

function native(name: string, shape: Shape, frames = 1, options: FileOptions = {}): CorpusFile {
  const path = `native/${name}.dcm`;
  return ownFile(path, drawPhantom(shapeOf(...shape), path, frames), options);
}

function nativeFiles(): CorpusFile[] {
  const palette = { photometricInterpretation: "PALETTE COLOR" };
  return [
    native("mono2-8bit-odd-length", ["17x23", 1, 8]),
    native("mono1-8bit", ["32x24", 1, 8, { photometricInterpretation: "MONOCHROME1" }]),
    native("mono2-8bit-signed", ["19x21", 1, 8, { isSigned: true }]),
    native("mono2-8bit-in-16", ["31x17", 1, 8, { bitsAllocated: 16 }]),
    native("mono2-6bit", ["16x16", 1, 6]),
    native("mono2-10bit", ["33x27", 1, 10], 1, { modality: "CT" }),
    native("mono2-12bit-signed", ["64x48", 1, 12, { isSigned: true }], 1, { modality: "CT" }),
    native("mono2-12bit-high-bit-15", ["24x20", 1, 12, { highBit: 15 }]),
    native("mono2-16bit", ["48x33", 1, 16], 1, { modality: "MR" }),
    native("mono2-16bit-signed", ["33x48", 1, 16, { isSigned: true }], 1, { modality: "MR" }),
    native("mono2-16bit-1x1", ["1x1", 1, 16]),
    native("mono2-12bit-256x240", ["256x240", 1, 12], 1, { modality: "CT" }),
    native("mono2-12bit-5frames", ["24x16", 1, 12], 5, { modality: "MR" }),
    native("rgb-8bit-planar0-odd-length", ["15x13", 3, 8], 1, { modality: "US" }),
    native("rgb-8bit-planar1-odd-length", ["15x13", 3, 8, { planarConfiguration: 1 }]),
    native("rgb-8bit-planar1-3frames", ["18x14", 3, 8, { planarConfiguration: 1 }], 3),
    native("rgb-16bit-planar0", ["20x18", 3, 16]),
    native("rgb-16bit-planar1", ["20x18", 3, 16, { planarConfiguration: 1 }]),
    native("ybr-full", ["22x18", 3, 8, { photometricInterpretation: "YBR_FULL" }]),
    native("ybr-full-planar1", [
      "22x18",
      3,
      8,
      { photometricInterpretation: "YBR_FULL", planarConfiguration: 1 },
    ]),
    native("ybr-full-422", ["24x17", 3, 8, { photometricInterpretation: "YBR_FULL_422" }]),
    native("ybr-full-422-2frames", ["24x17", 3, 8, { photometricInterpretation: "YBR_FULL_422" }], 2),
    native("palette-8bit", ["33x21", 1, 8, palette]),
    native("palette-16bit-odd-frames", ["13x9", 1, 16, palette], 3, { elements: paletteElements(64, 100) }),
    withBitsAboveHighBit("native/mono2-12bit-bits-above-high-bit.dcm"),
    withTrailingPadding("native/mono2-8bit-longer-pixel-data.dcm"),
  ];
}

/** Bits above HighBit are not part of the sample: an old overlay, or garbage (PS3.5 8.1.1). */
function withBitsAboveHighBit(path: string): CorpusFile {
  const image = drawPhantom(shapeOf("26x22", 1, 12), path);
  const bytes = Buffer.from(pixelDataElement(image).bytes);
  for (let at = 0; at < bytes.length; at += 14) bytes.writeUInt16LE(bytes.readUInt16LE(at) | 0xa000, at);
  return { ...ownFile(path, image, { elements: [element("7FE00010", "OW", bytes)] }), storedFrames: [bytes] };
}

function withTrailingPadding(path: string): CorpusFile {
  const image = drawPhantom(shapeOf("16x12", 1, 8), path);
  const bytes = Buffer.concat([pixelDataElement(image).bytes, Buffer.alloc(66)]);
  return ownFile(path, image, { elements: [element("7FE00010", "OB", bytes)] });
}

function implicitFiles(): CorpusFile[] {
  const files: [name: string, shape: Shape, frames: number][] = [
    ["mono2-12bit-signed", ["35x29", 1, 12, { isSigned: true }], 1],
    ["mono2-8bit-odd-length", ["17x19", 1, 8], 1],
    ["rgb-8bit-planar1-2frames", ["16x15", 3, 8, { planarConfiguration: 1 }], 2],
    ["ybr-full-422", ["20x15", 3, 8, { photometricInterpretation: "YBR_FULL_422" }], 1],
  ];
  return files.map(([name, shape, frames]) => {
    const path = `implicit/${name}.dcm`;
    return ownFile(path, drawPhantom(shapeOf(...shape), path, frames), { transferSyntaxUID: IMPLICIT });
  });
}

/** dcmtk turns the bytes of every word. */
function bigEndianFiles(): CorpusFile[] {
  const dcmtk = { tool: "dcmconv", args: ["+tb"], transferSyntaxUID: BIG_ENDIAN } as const;
  const files: [name: string, shape: Shape, frames: number][] = [
    ["mono2-16bit-signed", ["33x27", 1, 16, { isSigned: true }], 1],
    ["mono2-12bit-3frames", ["20x16", 1, 12], 3],
    ["mono2-8bit-odd-length", ["17x13", 1, 8], 1],
    ["rgb-8bit-planar1", ["19x15", 3, 8, { planarConfiguration: 1 }], 1],
    ["rgb-16bit", ["14x12", 3, 16], 1],
    ["palette-8bit", ["20x17", 1, 8, { photometricInterpretation: "PALETTE COLOR" }], 1],
  ];
  const converted = files.map(([name, shape, frames]) => {
    const path = `bigendian/${name}.dcm`;
    return convertedFile(path, drawPhantom(shapeOf(...shape), path, frames), dcmtk);
  });
  // Bytes two by two in words, which a big-endian file has the wrong way round (PS3.5 8.1.1).
  const path = "bigendian/mono2-8bit-as-words.dcm";
  const image = drawPhantom(shapeOf("18x16", 1, 8), path);
  const words = { elements: [element("7FE00010", "OW", pixelDataElement(image).bytes)] };
  return [...converted, convertedFile(path, image, dcmtk, words)];
}

function deflatedFiles(): CorpusFile[] {
  const dcmtk = { tool: "dcmconv", args: ["+td"], transferSyntaxUID: DEFLATED } as const;
  const large = "deflated/mono2-12bit-signed-240x256.dcm";
  const small = "deflated/rgb-8bit-planar1-odd-length.dcm";
  const planar = shapeOf("15x11", 3, 8, { planarConfiguration: 1 });
  return [
    convertedFile(large, drawPhantom(shapeOf("240x256", 1, 12, { isSigned: true }), large), dcmtk, {
      modality: "CT",
    }),
    convertedFile(small, drawPhantom(planar, small), dcmtk),
    storedFile("deflated/mono2-8bit-stored-blocks.dcm"),
  ];
}

/** Deflated without compression, so that every zlib makes the same bytes. */
function storedFile(path: string): CorpusFile {
  const image = drawPhantom(shapeOf("27x19", 1, 8), path);
  const identity = identityOf(path);
  const elements = sorted([...commonElements(identity), ...shapeElements(image), pixelDataElement(image)]);
  const deflated = (): Uint8Array => {
    const tail = deflateRawSync(dataSet(elements, true), { level: 0 });
    return dicomFile([], { fileMeta: fileMetaOf(DEFLATED, identity), tail: evenly(tail) });
  };
  return { ...ownFile(path, image, { transferSyntaxUID: DEFLATED }), make: deflated };
}

const evenly = (bytes: Uint8Array): Uint8Array =>
  bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);

/** Well-formed, and not what the service imports. */
function refusedFiles(): CorpusFile[] {
  const wide = { import: ["success", "warn"], seed: "either", kind: "BITS_32" } as const;
  const binary = { import: ["success", "warn"], seed: "fail", kind: "BINARY_SEGMENTATION" } as const;
  const float = { import: ["success", "warn", "fail"], seed: "either", kind: "FLOAT_PIXEL_DATA" } as const;
  return [
    native("mono2-32bit", ["16x14", 1, 32, { bitsAllocated: 32 }], 2, {
      expect: { ...wide, message: "^BitsAllocated 32 is not supported" },
    }),
    binaryFile("native/mono2-1bit.dcm", {
      ...binary,
      message: "^Binary segmentation .BitsAllocated 1. is not supported by the service$",
    }),
    floatFile("float/float.dcm", "7FE00008", "OF", 32, {
      ...float,
      message: "^DICOM attribute FloatPixelData is not supported$",
    }),
    floatFile("float/double.dcm", "7FE00009", "OD", 64, {
      ...float,
      message: "^DICOM attribute DoubleFloatPixelData is not supported$",
    }),
  ];
}

/** Eight pixels a byte, from the lowest bit up (PS3.5 8.1.1). */
function binaryFile(path: string, expect: FileOptions["expect"]): CorpusFile {
  const image = drawPhantom(shapeOf("24x15", 1, 1, { bitsAllocated: 1 }), path);
  const [frame = new Int32Array(0)] = image.frames;
  const bytes = Buffer.alloc(Math.ceil(frame.length / 8));
  for (const [at, bit] of frame.entries()) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7));
  return ownFile(path, image, { elements: [element("7FE00010", "OB", bytes)], ...(expect && { expect }) });
}

function floatFile(
  path: string,
  tag: string,
  vr: "OF" | "OD",
  bitsAllocated: 32 | 64,
  expect: FileOptions["expect"],
): CorpusFile {
  const image = drawPhantom(shapeOf("12x10", 1, 16), path);
  const values = [...(image.frames[0] ?? [])].map((value) => value / 16);
  const bytes = vr === "OF" ? Float32Array.from(values).buffer : Float64Array.from(values).buffer;
  const elements = [
    ...shapeElements({ ...image, bitsAllocated }).filter(({ tag: each }) => !/^0028010[123]$/.test(each)),
    { tag, vr, bytes: new Uint8Array(bytes) },
  ];
  return ownFile(path, undefined, { elements, ...(expect && { expect }) });
}
