import { nativePixelData } from "../dicom/frames.ts";
import { groupingKey } from "../dicom/grouping-key.ts";
import { describeInstance } from "../dicom/metadata.ts";
import { parsePart10, type Part10 } from "../dicom/part10.ts";
import { loadCodec, needsRecycling, type Codec } from "../pixels/codec.ts";
import { encodeFrame } from "../pixels/encode-frame.ts";
import { readNative } from "../pixels/read-native.ts";
import type { ImportedFrame, ImportedInstance } from "./protocol.ts";

let loading: Promise<Codec> | undefined;

/**
 * Turns the bytes of a file into an instance; its frames are handed out one by one as they are
 * encoded and verified, so that never more than one is held.
 * @throws DicomError or PixelError for what cannot be imported
 */
export async function importFile(
  bytes: Uint8Array,
  onFrame: (codestream: Uint8Array) => void,
): Promise<{ instance: ImportedInstance; isWornOut: boolean }> {
  const part10 = parsePart10(bytes);
  const { sopInstanceUID, seriesInstanceUID, patient, study, series, instance } = describeInstance(part10);
  const { frames, isWornOut } = await encodeFrames(part10, onFrame);
  const key = groupingKey(patient, study, series);
  return {
    instance: {
      sopInstanceUID,
      seriesInstanceUID,
      groupingKey: key,
      patient,
      study,
      series,
      instance,
      frames,
    },
    isWornOut,
  };
}

async function encodeFrames(
  part10: Part10,
  onFrame: (codestream: Uint8Array) => void,
): Promise<{ frames: ImportedFrame[]; isWornOut: boolean }> {
  const pixelData = nativePixelData(part10);
  if (pixelData === undefined) return { frames: [], isWornOut: false };
  loading ??= loadCodec();
  const codec = await loading;
  const frames = pixelData.frames.map((frame) => {
    const { codestream, ...described } = encodeFrame(
      readNative(frame, pixelData.shape),
      pixelData.shape,
      codec,
    );
    onFrame(codestream);
    return described;
  });
  return { frames, isWornOut: needsRecycling(codec) };
}
