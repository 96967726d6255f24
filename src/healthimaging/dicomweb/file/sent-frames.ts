import { ServiceError } from "../../../api/errors.ts";
import {
  layOutEncapsulated,
  layOutNative,
  MAX_NATIVE_BYTE_LENGTH,
  type PixelDataLayout,
} from "../../../imaging/dicom/part10/write-pixel-data.ts";
import type { Attributes } from "../../../domain/image-sets/metadata/metadata-document.ts";
import { readCodestream } from "../../../imaging/pixels/htj2k/codestream.ts";
import { bitsAllocatedOf } from "../../../importer/decoding/frame-decoder.ts";
import { EXPLICIT_VR_LITTLE_ENDIAN, HTJ2K_LOSSLESS_RPCL } from "../../../api/transfer-syntaxes.ts";
import type { OfferedTransferSyntax } from "../accept.ts";
import type { FoundInstance } from "../find-instance.ts";
import type { FrameSource } from "../frame-source.ts";
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
  source: FrameSource,
  { attributes }: Pick<FoundInstance, "attributes">,
  transferSyntaxUID: OfferedTransferSyntax,
): Promise<SentFrames | undefined> {
  const { frames } = source;
  const [first, ...others] = frames;
  if (first === undefined) return undefined;
  const codestream = await source.read(first);
  const header = readCodestream(codestream);
  const bitsAllocated = bitsAllocatedOf(header, first);
  const image = { header, bitsAllocated, frameCount: frames.length, transferSyntaxUID };
  const sent = imageAttributes(attributes, image);
  if (transferSyntaxUID === HTJ2K_LOSSLESS_RPCL) {
    const byteLengths = await Promise.all(frames.map((frame) => source.byteLength(frame)));
    const bytes = () => startingWith(codestream, source.stored(others));
    return { attributes: sent, layout: layOutEncapsulated(byteLengths), byteLengths, bytes };
  }
  const byteLengths = frames.map(({ FrameSizeInBytes }) => FrameSizeInBytes);
  checkByteLength(byteLengths);
  const firstBytes = await source.decode(first, codestream);
  const bytes = () => startingWith(firstBytes, source.decoded(others));
  return { attributes: sent, layout: layOutNative(bitsAllocated, byteLengths), byteLengths, bytes };
}

async function* startingWith(
  first: Uint8Array,
  others: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  for await (const bytes of others) yield bytes;
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
