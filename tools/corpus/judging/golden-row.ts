import { crc32 } from "node:zlib";
import type { CorpusFile } from "../corpus-file.ts";
import { goldenBytes, type Image, nativeBytes, planesOf } from "../image.ts";
import type { Judgement } from "./judges.ts";

/** A row of golden.json, in the form that `test/corpus/corpus.ts` describes. */
export type GoldenRow = Readonly<Record<string, unknown>> & { readonly path: string };

/**
 * The golden row of a file: attributes and frames of the phantom; for a lossy file the frames that the judges
 * decode.
 */
export function goldenRow(file: CorpusFile, size: number, judgement: Judgement | undefined): GoldenRow {
  const { path, transferSyntaxUID, identity, image, expect, by, samples } = file;
  return {
    path,
    size,
    by,
    transferSyntaxUID,
    sopClassUID: identity?.sopClassUID ?? null,
    studyInstanceUID: identity?.studyInstanceUID ?? null,
    seriesInstanceUID: identity?.seriesInstanceUID ?? null,
    sopInstanceUID: identity?.sopInstanceUID ?? null,
    modality: identity?.modality ?? null,
    patientId: identity?.patientId ?? null,
    patientName: identity?.patientName ?? null,
    ...shapeRow(image),
    privateElements: file.privateElements,
    privateGroupLengths: file.privateGroupLengths,
    pixelKeyword: file.pixelKeyword ?? null,
    frames: image && samples === "exact" ? exactFrames(image, file) : judgedFrames(judgement),
    lossy: samples === "judged",
    valid: !path.startsWith("broken/"),
    expect,
    ...(file.misreadBy && { misreadBy: file.misreadBy }),
  };
}

function shapeRow(image: Image | undefined): Readonly<Record<string, unknown>> {
  return {
    rows: image?.rows ?? null,
    columns: image?.columns ?? null,
    samplesPerPixel: image?.samplesPerPixel ?? null,
    photometricInterpretation: image?.photometricInterpretation ?? null,
    bitsAllocated: image?.bitsAllocated ?? null,
    bitsStored: image?.bitsStored ?? null,
    highBit: image?.highBit ?? null,
    pixelRepresentation: image ? Number(image.isSigned) : null,
    planarConfiguration: image && image.samplesPerPixel > 1 ? image.planarConfiguration : null,
    numberOfFrames: image && image.frames.length > 1 ? image.frames.length : null,
  };
}

const exactFrames = (image: Image, file: CorpusFile): unknown[] =>
  image.frames.map((frame, index) =>
    exactFrame(frame, image, file.storedFrames?.[index] ?? shifted(frame, image)),
  );

/** Samples above bit 0 lie otherwise in the file than golden.json counts them. */
const shifted = (frame: Int32Array, image: Image): Uint8Array | undefined =>
  image.highBit === image.bitsStored - 1 ? undefined : nativeBytes(frame, image);

/**
 * `stored`: the frame's bytes in the file, where they hold more than samples: then `crc32` is of those
 * and `crc32Normalized` of the samples. `crc32Decoded` is of the samples in bytes where BitsAllocated is 16 and
 * BitsStored at most 8: decoders of a codestream know BitsStored alone.
 */
function exactFrame(frame: Int32Array, image: Image, stored?: Uint8Array): unknown {
  const bytes = goldenBytes(frame, image);
  const extremes = { min: lowest(frame), max: highest(frame) };
  const perSample = planesOf(frame, image.samplesPerPixel);
  const perSampleExtremes = {
    minPerSample: perSample.map(lowest),
    maxPerSample: perSample.map(highest),
  };
  const native = nativeBytes(frame, image);
  const isNarrow = image.bitsAllocated === 16 && image.bitsStored <= 8;
  const isSubsampled = native.length < bytes.length;
  return {
    bytes: bytes.length,
    crc32: crc32(stored ?? bytes),
    ...(stored && { crc32Normalized: crc32(bytes) }),
    ...(isNarrow && { crc32Decoded: crc32(goldenBytes(frame, { ...image, bitsAllocated: 8 })) }),
    ...(isSubsampled && { nativeCrc32: crc32(native) }),
    ...extremes,
    ...(perSample.length > 1 && perSampleExtremes),
  };
}

const lowest = (values: Int32Array): number =>
  values.reduce((least, value) => Math.min(least, value), Infinity);
const highest = (values: Int32Array): number =>
  values.reduce((most, value) => Math.max(most, value), -Infinity);

/** The checksum, if all judges decode the same; otherwise each judge's. */
function judgedFrames(judgement: Judgement | undefined): unknown[] {
  return (judgement?.frames ?? []).map((frame) => ({
    lossy: { [frame.space]: { checksums: frame.checksums } },
  }));
}
