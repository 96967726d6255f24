import type { FrameShape } from "../../pixels/frame-shape.ts";
import { DEFAULT_REPERTOIRE } from "../character-set.ts";
import type { DataSet } from "../data-set.ts";
import { nameInMessages } from "../dictionary/dictionary.ts";
import { DicomError, missingAttribute } from "../dicom-error.ts";
import { valuesOf } from "../element-value.ts";

/** Samples per Pixel of each Photometric Interpretation that can be imported (PS3.3 C.7.6.3.1.2). */
const SAMPLES_PER_PIXEL: readonly (readonly [interpretations: RegExp, count: number])[] = [
  [/^(MONOCHROME[12]|PALETTE COLOR)$/, 1],
  [/^(RGB|YBR_\w+)$/, 3],
];

/**
 * The image's shape according to its attributes, unchecked: the pixel code checks it.
 * Assumed: missing-pixel-attributes. If Bits Stored, High Bit, Pixel Representation or Planar Configuration
 * is missing, the samples are unsigned, use all allocated bits and are interleaved; if Samples per Pixel is
 * missing, Photometric Interpretation decides.
 */
export function frameShapeOf(dataSet: DataSet): FrameShape {
  const bitsAllocated = needed(dataSet, "00280100");
  const bitsStored = numberIn(dataSet, "00280101") ?? bitsAllocated;
  const photometricInterpretation = String(firstValue(dataSet, "00280004") ?? missing("00280004"));
  return {
    rows: needed(dataSet, "00280010"),
    columns: needed(dataSet, "00280011"),
    samplesPerPixel:
      numberIn(dataSet, "00280002") ?? samplesOf(photometricInterpretation) ?? missing("00280002"),
    bitsAllocated,
    bitsStored,
    highBit: numberIn(dataSet, "00280102") ?? bitsStored - 1,
    isSigned: numberIn(dataSet, "00280103") === 1,
    planarConfiguration: numberIn(dataSet, "00280006") ?? 0,
    photometricInterpretation,
  };
}

const samplesOf = (photometricInterpretation: string): number | undefined =>
  SAMPLES_PER_PIXEL.find(([interpretations]) => interpretations.test(photometricInterpretation))?.[1];

/** Absent means one frame. Assumed: zero-frames. So does 0, since pixel data implies a frame. */
export function numberOfFrames(dataSet: DataSet): number {
  const count = numberIn(dataSet, "00280008") ?? 1;
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new DicomError(`DICOM attribute NumberOfFrames is ${count}, expected 1 or more`);
  }
  return Math.max(count, 1);
}

export const hasZeroFrames = (dataSet: DataSet): boolean => numberIn(dataSet, "00280008") === 0;

const needed = (dataSet: DataSet, tag: string): number => numberIn(dataSet, tag) ?? missing(tag);

function numberIn(dataSet: DataSet, tag: string): number | undefined {
  const value = firstValue(dataSet, tag);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isNaN(number)) throw new DicomError(`DICOM attribute ${nameInMessages(tag)} is not a number`);
  return number;
}

function firstValue(dataSet: DataSet, tag: string): number | string | undefined {
  const element = dataSet.get(tag);
  return element && valuesOf(element, DEFAULT_REPERTOIRE)[0];
}

function missing(tag: string): never {
  throw missingAttribute(nameInMessages(tag));
}
