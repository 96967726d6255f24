import { constants, deflateRawSync } from "node:zlib";
import { ownCorpus, pathIn } from "../../../test/corpus/corpus.ts";
import {
  dataSet,
  dicomFile,
  imageElements,
  instanceElements,
} from "../../../test/imaging/dicom/write-dicom.ts";
import { blankFrame } from "../../../test/importer/blank-frame.ts";
import { withPrivateElements } from "../../../test/importer/private-elements.ts";
import { readFileSync } from "node:fs";
import type { Bomb } from "./target.ts";

const DEFLATED = "1.2.840.10008.1.2.1.99";
const MEBIBYTE = 2 ** 20;

const bomb = (name: string, expected: RegExp, files: () => readonly Uint8Array[]): Bomb => ({
  name,
  expected,
  throwAt: (target) => target.importFiles(name.replaceAll(/\W+/g, "-"), ...files()),
});

/** Files whose import is to cost what they are worth. */
export const FILE_BOMBS: readonly Bomb[] = [
  bomb("1,000,000 frames of 1x1, deflated", /^COMPLETED, 0 imported; The metadata of its image set/, () => [
    manyFrames(1_000_000),
  ]),
  bomb("400,000 private elements", /^COMPLETED, 1 imported$/, () => [withPrivateElements(400_000)]),
  bomb("1,500,000 private elements", /^COMPLETED, 0 imported; .* for which there is no memory$/, () => [
    withPrivateElements(1_500_000),
  ]),
  bomb("2,000,000 items, deflated", /^COMPLETED, 0 imported; .* for which there is no memory$/, () => [
    deflated(Buffer.concat([beginSequence(2_000_000 * 8), Buffer.alloc(2_000_000 * 8, EMPTY_ITEM)])),
  ]),
  bomb("100,000 levels of sequences", /^COMPLETED, 0 imported; .* nested too deeply$/, () => [
    dicomFile(instanceElements(), { tail: new Uint8Array(nested(100_000)) }),
  ]),
  bomb("90 levels of bytes that might be sequences", /^COMPLETED, 1 imported$/, () => [
    dicomFile(instanceElements(), { tail: new Uint8Array(nestedUnknown(90)) }),
  ]),
  bomb(
    "two frames of 1 GiB, RLE",
    /^COMPLETED, 0 imported(; [^;]*: A frame of [^;]*: see --import-memory){2}$/,
    () => [1, 2].map((number) => blankFrame(number, 2 ** 15, 2 ** 15)),
  ),
  bomb("a frame of 256 MiB, RLE", /^COMPLETED, 1 imported$/, () => [blankFrame(3, 2 ** 14, 2 ** 14)]),
  bomb("4 GiB, deflated", /^COMPLETED, 0 imported; .* cannot be inflated: it has more than/, () => [
    dicomFile([], { transferSyntaxUID: DEFLATED, tail: deflatedZeros(4_096) }),
  ]),
  bomb("JPEG frames that say 65,500x65,500", /^COMPLETED, 0 imported(; [^;]*65500[^;]*){3}$/, () => [
    huge("jpeg-baseline/mono2-odd.dcm", "ffc0", 5, 2),
    huge("jpeg-lossless/mono2-8bit-predictor1.dcm", "ffc3", 5, 2),
    huge("jpeg-ls/mono2-8bit-odd.dcm", "fff7", 5, 2),
  ]),
  bomb(
    "a JPEG 2000 frame that says 65,500x65,500",
    /^COMPLETED, 0 imported; JPEG 2000: expected \d+ tiles, got 1$/,
    () => [huge("j2k/mono2-8bit-lrcp-odd.dcm", "ff4fff51", 8, 4)],
  ),
];

const deflated = (bytes: Uint8Array): Uint8Array =>
  dicomFile([], {
    transferSyntaxUID: DEFLATED,
    tail: deflateRawSync(Buffer.concat([dataSet(instanceElements(), true), bytes])),
  });

/** 1,368 bytes, of a million frames. */
function manyFrames(numberOfFrames: number): Uint8Array {
  const image = imageElements({
    rows: 1,
    columns: 1,
    numberOfFrames,
    pixelData: new Uint8Array(numberOfFrames),
  });
  const tail = deflateRawSync(dataSet(instanceElements(...image), true));
  return dicomFile([], { transferSyntaxUID: DEFLATED, tail });
}

const EMPTY_ITEM = Buffer.from("feff00e000000000", "hex");
const UNDEFINED_LENGTH = 0xffff_ffff;

/** ReferencedImageSequence-like: (0021,xx40) of a private group. */
function beginSequence(byteLength: number, vr = "SQ"): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16LE(0x0021, 0);
  header.writeUInt16LE(0x1040, 2);
  header.write(vr, 4, "latin1");
  header.writeUInt32LE(byteLength, 8);
  return header;
}

function beginItem(byteLength: number): Buffer {
  const header = Buffer.from(EMPTY_ITEM);
  header.writeUInt32LE(byteLength, 4);
  return header;
}

/** Sequences of undefined length, one in the other, none of which ends. */
function nested(levels: number): Buffer {
  const level = Buffer.concat([beginSequence(UNDEFINED_LENGTH), beginItem(UNDEFINED_LENGTH)]);
  return Buffer.alloc(levels * level.length, level);
}

/** UN of explicit length, one in the other; the innermost is none, so that a reader may try each level again. */
function nestedUnknown(levels: number): Buffer {
  let bytes = Buffer.concat([EMPTY_ITEM, Buffer.from("feff00e0ffffff00", "hex")]);
  for (let level = 0; level < levels; level++) {
    // UN is Implicit VR inside: tag and length of 4 bytes each (PS3.5 6.2.2).
    const header = Buffer.alloc(8);
    header.writeUInt16LE(0x0021, 0);
    header.writeUInt16LE(0x1040, 2);
    header.writeUInt32LE(bytes.length, 4);
    const inside = Buffer.concat([header, bytes]);
    bytes = Buffer.concat([beginItem(inside.length), inside]);
  }
  return Buffer.concat([beginSequence(bytes.length, "UN"), bytes]);
}

/** Deflated blocks may follow each other: each of these is a mebibyte. */
function deflatedZeros(mebibytes: number): Uint8Array {
  const block = deflateRawSync(Buffer.alloc(MEBIBYTE), { finishFlush: constants.Z_FULL_FLUSH });
  return new Uint8Array(Buffer.concat([Buffer.alloc(mebibytes * block.length, block), deflateRawSync("")]));
}

/**
 * A file of the corpus whose frame's header has other dimensions: each is this many bytes long and this far
 * after its marker.
 */
function huge(path: string, marker: string, offset: number, byteLength: number): Uint8Array {
  const bytes = Buffer.from(readFileSync(pathIn(ownCorpus, { path })));
  const at = bytes.indexOf(Buffer.from(marker, "hex"));
  if (at < 0) throw new Error(`${path} has no marker ${marker}`);
  for (const side of [0, 1]) bytes.writeUIntBE(65_500, at + offset + side * byteLength, byteLength);
  return new Uint8Array(bytes);
}
