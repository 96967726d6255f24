import { crc32 } from "node:zlib";
import type { ImageFrameDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import { loadCodec, type Codec } from "../../imaging/pixels/codecs/codec.ts";
import { decodeFrame } from "../../imaging/pixels/htj2k/decode-frame.ts";
import { sampleBytes, widenSamples } from "../../imaging/pixels/samples.ts";
import { needsRecycling } from "../../imaging/pixels/codecs/wasm-program.ts";

let loading: Promise<Codec> | undefined;

/**
 * The samples of a stored frame, as wide as BitsAllocated, held against what the import noted of
 * them. The codec is loaded with the first, and left behind where it grew too large or crashed.
 * @throws Error where the stored frame is not what it was
 */
export async function decodeStored(
  codestream: Uint8Array,
  frame: ImageFrameDocument,
  bitsAllocated: number,
): Promise<Uint8Array> {
  loading ??= loadCodec();
  const codec = await loading;
  try {
    const bytes = sampleBytes(widenSamples(decodeFrame(codestream, codec).samples, bitsAllocated));
    check(bytes, frame);
    return bytes.slice(); // Out of the codec's own memory.
  } finally {
    if (needsRecycling(codec)) loading = undefined;
  }
}

function check(bytes: Uint8Array, frame: ImageFrameDocument): void {
  const { ID, FrameSizeInBytes, PixelDataChecksumFromBaseToFullResolution: levels } = frame;
  if (bytes.length !== FrameSizeInBytes) {
    throw new Error(`image frame ${ID}: expected ${FrameSizeInBytes} bytes, got ${bytes.length}`);
  }
  const [found, wanted] = [crc32(bytes), levels.at(-1)?.Checksum];
  if (found !== wanted) throw new Error(`image frame ${ID}: expected CRC-32 ${wanted}, got ${found}`);
}
