import { isEncapsulatedUid } from "../../../api/transfer-syntaxes.ts";
import { nameInMessages } from "../dictionary/dictionary.ts";
import { DicomError } from "../dicom-error.ts";
import { encapsulatedFrames } from "./encapsulated-frames.ts";
import { frameShapeOf, hasZeroFrames, numberOfFrames } from "./frame-attributes.ts";
import { nativeFrames, type PixelData } from "./native-frames.ts";
import type { Part10 } from "../part10/part10.ts";
import { DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA } from "../tag.ts";

const UNSUPPORTED_PIXEL_DATA = [FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA];

/**
 * The frames of Pixel Data (PS3.5 8.1.1, A.1 and A.4); undefined where the instance has none. Pixel
 * data inside sequences, such as that of icons, makes no frames.
 *
 * Throws DicomError for pixel data that holds not as much as its attributes say.
 */
export function pixelDataOf({ dataSet, transferSyntaxUid }: Part10): PixelData | undefined {
  const unsupported = UNSUPPORTED_PIXEL_DATA.find((tag) => dataSet.has(tag));
  if (unsupported) throw new DicomError(`DICOM attribute ${nameInMessages(unsupported)} is not supported`);
  const pixelData = dataSet.get(PIXEL_DATA);
  if (pixelData === undefined) return undefined;
  const { encapsulated } = pixelData;
  if (isEncapsulatedUid(transferSyntaxUid) !== (encapsulated !== undefined)) {
    const not = encapsulated ? "" : "not ";
    throw new DicomError(`Pixel data of transfer syntax ${transferSyntaxUid} is ${not}encapsulated`);
  }
  const shape = frameShapeOf(dataSet);
  const count = numberOfFrames(dataSet);
  const isZero = hasZeroFrames(dataSet);
  const found = encapsulated
    ? { shape, ...encapsulatedFrames(encapsulated, count) }
    : nativeFrames(pixelData.bytes, shape, count);
  return isZero ? { ...found, problems: ["FrameNumberMismatch", ...(found.problems ?? [])] } : found;
}

/** The expected number of frames; 0 if the instance has no Pixel Data. */
export const frameCountOf = ({ dataSet }: Part10): number =>
  dataSet.has(PIXEL_DATA) ? numberOfFrames(dataSet) : 0;
