import type { HTJ2KDecoder, HTJ2KEncoder, OpenJph } from "@cornerstonejs/codec-openjph";
import { PixelError } from "./pixel-error.ts";

/** An image as the codec takes it. */
export interface CodecImage {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 1, or 3 with up to 8 bits a sample, which then go through the colour transform. */
  readonly componentCount: number;
  /** 1 to 16. */
  readonly bitsPerSample: number;
  /** Only with more than 8 bits a sample. */
  readonly isSigned: boolean;
  /** The samples by pixel: one byte each up to 8 bits, else two, little endian. */
  readonly bytes: Uint8Array;
}

/**
 * The HTJ2K codec within its limits; `encode-codestream.ts` and `decode-frame.ts` lead every
 * other shape of frame around them. Not for use by two callers at once.
 */
export interface Codec {
  /**
   * A lossless codestream in RPCL order with a TLM marker and one tile-part a resolution.
   * `decompositions` is 1 or more: with 0 the codec gives wrong samples.
   */
  encode(image: CodecImage, decompositions: number): Uint8Array;
  /**
   * The samples, in the layout of CodecImage's bytes, of the resolution that is the full one
   * halved `reduction` times.
   */
  decode(codestream: Uint8Array, reduction: number): Uint8Array;
  /** What the codec holds of memory, in bytes. It never gives any back. */
  memoryByteLength(): number;
}

/** Resolution, then position, component, layer: what the lossless RPCL syntax demands (DICOM PS3.5 10.18). */
const RPCL = 2;

const RECYCLING_BYTE_LENGTH = 512 * 2 ** 20;

/** Makes a codec of its own memory. The library is read on the first call, not before. */
export async function loadCodec(): Promise<Codec> {
  const { default: createOpenJph } = await import("@cornerstonejs/codec-openjph");
  const printed: string[] = [];
  const openJph = await createOpenJph({
    print: () => {},
    printErr: (line) => void printed.push(line),
  });
  const explained = <T>(work: string, run: () => T): T => {
    printed.length = 0;
    try {
      return run();
    } catch (cause) {
      const reason = cause instanceof PixelError ? cause.message : "";
      throw new PixelError(`${work} failed: ${printed.join(" ").trim() || reason || "out of memory"}`, {
        cause,
      });
    }
  };
  return {
    encode: (image, decompositions) =>
      explained("HTJ2K encoding", () => encode(openJph, image, decompositions)),
    decode: (codestream, reduction) =>
      explained("HTJ2K decoding", () => decode(openJph, codestream, reduction)),
    memoryByteLength: () => openJph.HEAPU8.byteLength,
  };
}

/** Whether a huge frame has left the codec with so much memory that a new one should replace it. */
export function needsRecycling(codec: Codec): boolean {
  return codec.memoryByteLength() > RECYCLING_BYTE_LENGTH;
}

function encode(openJph: OpenJph, image: CodecImage, decompositions: number): Uint8Array {
  const encoder = new openJph.HTJ2KEncoder();
  try {
    configure(encoder, decompositions);
    const { bytes, ...frameInfo } = image;
    // Without the transform the codec mixes the components' lines up, and never notices.
    const isUsingColorTransform = image.componentCount === 3;
    encoder.getDecodedBuffer({ ...frameInfo, isUsingColorTransform }).set(bytes);
    encoder.encode();
    return encoder.getEncodedBuffer().slice();
  } finally {
    encoder.delete();
  }
}

function configure(encoder: HTJ2KEncoder, decompositions: number): void {
  encoder.setQuality(true, 0);
  encoder.setProgressionOrder(RPCL);
  encoder.setTLMMarker(true);
  encoder.setTilePartDivisionsAtResolutions(true);
  encoder.setDecompositions(decompositions);
}

function decode(openJph: OpenJph, codestream: Uint8Array, reduction: number): Uint8Array {
  const decoder: HTJ2KDecoder = new openJph.HTJ2KDecoder();
  try {
    decoder.getEncodedBuffer(codestream.length).set(codestream);
    decoder.decodeSubResolution(reduction);
    const reason = decoder.getLastErrorMessage();
    if (reason !== "") throw new PixelError(reason);
    return decoder.getDecodedBuffer().slice();
  } finally {
    decoder.delete();
  }
}
