import { setImmediate } from "node:timers/promises";
import { ServiceError } from "../../api/errors.ts";
import {
  layOutEncapsulated,
  layOutNative,
  MAX_NATIVE_BYTE_LENGTH,
  type PixelDataLayout,
} from "../../imaging/dicom/part10/write-pixel-data.ts";
import type { MeasuredBlobs, StoredBlob } from "../../domain/blobs.ts";
import type { Attributes, ImageFrameDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import { readCodestream } from "../../imaging/pixels/htj2k/codestream.ts";
import { EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL } from "../../api/transfer-syntaxes.ts";
import type { OfferedTransferSyntax } from "./accept.ts";
import type { FoundInstance } from "./find-instance.ts";
import { decodeStored } from "./frame-decoder.ts";
import { imageAttributes } from "./sent-attributes.ts";

/** The frames of an instance, ready to be sent: only the first is in memory. */
export interface SentFrames {
  /** Attributes that replace those of the metadata. */
  readonly attributes: Attributes;
  readonly layout: PixelDataLayout;
  /** The length of each frame. */
  readonly byteLengths: readonly number[];
  /** In order; each is read when it is requested. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/**
 * Reads the first frame, and decodes it if needed, before an answer begins: most failures occur there.
 * @returns undefined for an instance without frames
 */
export async function openFrames(
  blobs: MeasuredBlobs,
  storedFrame: (frameId: string) => StoredBlob,
  { attributes, instance }: FoundInstance,
  transferSyntaxUID: OfferedTransferSyntax,
): Promise<SentFrames | undefined> {
  const [first, ...others] = instance.ImageFrames;
  if (first === undefined) return undefined;
  // Looked up now: an image set that is deleted while it is sent no longer has frames.
  const stored = new Map(instance.ImageFrames.map((frame) => [frame, storedFrame(frame.ID)]));
  const read = (frame: ImageFrameDocument): Promise<Uint8Array> =>
    blobs.read(stored.get(frame)?.key ?? "", stored.get(frame));
  const codestream = await read(first);
  const header = readCodestream(codestream);
  const sampleCount = header.width * header.height * header.componentCount;
  const bitsAllocated = (8 * first.FrameSizeInBytes) / sampleCount;
  const frameCount = instance.ImageFrames.length;
  const sent = imageAttributes(attributes, { header, bitsAllocated, frameCount, transferSyntaxUID });
  if (transferSyntaxUID === HTJ2K_LOSSLESS_RPCL) {
    const byteLengths = await Promise.all(
      [...stored.values()].map((blob) => blobs.byteLength(blob.key, blob)),
    );
    const bytes = () => inOrder(codestream, others, read);
    return { attributes: sent, layout: layOutEncapsulated(byteLengths), byteLengths, bytes };
  }
  const byteLengths = instance.ImageFrames.map(({ FrameSizeInBytes }) => FrameSizeInBytes);
  checkByteLength(byteLengths);
  const decode = async (frame: ImageFrameDocument): Promise<Uint8Array> =>
    decodeStored(await read(frame), frame, bitsAllocated);
  const firstBytes = await decodeStored(codestream, first, bitsAllocated);
  const bytes = () => inOrder(firstBytes, others, decode);
  return { attributes: sent, layout: layOutNative(bitsAllocated, byteLengths), byteLengths, bytes };
}

/** Decoding blocks the event loop: other requests run between two frames. */
async function* inOrder(
  first: Uint8Array,
  others: readonly ImageFrameDocument[],
  read: (frame: ImageFrameDocument) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  for (const frame of others) {
    await setImmediate();
    yield await read(frame);
  }
}

function checkByteLength(byteLengths: readonly number[]): void {
  const byteLength = byteLengths.reduce((sum, length) => sum + length, 0);
  if (byteLength <= MAX_NATIVE_BYTE_LENGTH) return;
  throw new ServiceError(
    "NotAcceptableException",
    `The frames have ${byteLength} bytes in ${EXPLICIT_VR_LITTLE_ENDIAN}, more than Pixel Data can hold`,
    { hint: `ask for application/dicom; transfer-syntax=${HTJ2K_LOSSLESS_RPCL}` },
  );
}
