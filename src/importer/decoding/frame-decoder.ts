import type { ImageFrameDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import { loadCodec, type Codec } from "../../imaging/pixels/codecs/codec.ts";
import type { Codestream } from "../../imaging/pixels/htj2k/codestream.ts";
import { decodeFrame } from "../../imaging/pixels/htj2k/decode-frame.ts";
import { checksum, sampleBytes, type Samples, widenSamples } from "../../imaging/pixels/samples.ts";
import { needsRecycling } from "../../imaging/pixels/codecs/wasm-program.ts";

let loading: Promise<Codec> | undefined;

/**
 * The samples of a stored frame, as wide as BitsAllocated, checked against the checksum that the import
 * stored. The codec is loaded with the first frame, and discarded if it grew too large or crashed.
 * @param into memory for them; new memory if it is left out or has another size
 * @throws Error if the stored frame has changed
 */
export async function decodeStored(
  codestream: Uint8Array,
  frame: ImageFrameDocument,
  bitsAllocated: number,
  into?: ArrayBuffer,
): Promise<Uint8Array<ArrayBuffer>> {
  loading ??= loadCodec();
  const codec = await loading.catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  try {
    const { samples } = decodeFrame(codestream, codec);
    const widened = widenSamples(samples, bitsAllocated);
    check(samples, widened, frame);
    return copyInto(sampleBytes(widened), into);
  } finally {
    if (needsRecycling(codec)) loading = undefined;
  }
}

/** A copy outside the codec's memory. */
function copyInto(bytes: Uint8Array, into: ArrayBuffer | undefined): Uint8Array<ArrayBuffer> {
  if (into?.byteLength !== bytes.length) return bytes.slice();
  const copy = new Uint8Array(into);
  copy.set(bytes);
  return copy;
}

/** Whether the memory of the latest codec should be given back: that takes the end of its thread. */
export const isDecoderWornOut = (): boolean => loading === undefined;

/** The BitsAllocated of a frame as it was imported. */
export const bitsAllocatedOf = (
  { width, height, componentCount }: Pick<Codestream, "width" | "height" | "componentCount">,
  { FrameSizeInBytes }: Pick<ImageFrameDocument, "FrameSizeInBytes">,
): number => (8 * FrameSizeInBytes) / (width * height * componentCount);

/** Version 0.1.0 stored the checksum of the samples as wide as BitsAllocated. */
function check(samples: Samples, widened: Samples, frame: ImageFrameDocument): void {
  const { ID, FrameSizeInBytes, PixelDataChecksumFromBaseToFullResolution: levels } = frame;
  if (widened.byteLength !== FrameSizeInBytes) {
    throw new Error(`image frame ${ID}: expected ${FrameSizeInBytes} bytes, got ${widened.byteLength}`);
  }
  const [found, wanted] = [checksum(samples), levels.at(-1)?.Checksum];
  if (found === wanted || (widened !== samples && checksum(widened) === wanted)) return;
  throw new Error(`image frame ${ID}: expected CRC-32 ${wanted}, got ${found}`);
}
