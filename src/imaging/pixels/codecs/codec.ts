import type { HTJ2KDecoder, HTJ2KEncoder, OpenJph } from "@cornerstonejs/codec-openjph";
import { PixelError } from "../pixel-error.ts";
import { type WasmMemory, WasmProgram } from "./wasm-program.ts";

/** An image as the codec takes it. */
interface CodecImage {
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
export interface Codec extends WasmMemory {
  /**
   * A lossless codestream in RPCL order with a TLM marker and one tile-part a resolution.
   * `decompositions` is 1 or more: with 0 the codec gives wrong samples (facts: codecs#no-decomposition).
   */
  encode(image: CodecImage, decompositions: number): Uint8Array;
  /**
   * The samples, in the layout of CodecImage's bytes, of the resolution that is the full one
   * halved `reduction` times. They lie in the codec's own memory, until its next call.
   */
  decode(codestream: Uint8Array, reduction: number): Uint8Array;
}

/**
 * Resolution, position, component, layer: what HTJ2K Lossless RPCL demands (DICOM PS3.5 10.18;
 * facts: codecs#settings).
 */
const RPCL = 2;

/** Makes a codec of its own memory. The library is read on the first call, not before. */
export async function loadCodec(): Promise<Codec> {
  const { default: createOpenJph } = await import("@cornerstonejs/codec-openjph");
  const program = await WasmProgram.start<OpenJph>(createOpenJph);
  /** Holds what was decoded last. */
  let decoder: HTJ2KDecoder | undefined;
  const letGo = (): void => {
    decoder?.delete();
    decoder = undefined;
  };
  return {
    encode: (image, decompositions) =>
      program.run("HTJ2K encoding", (openJph) => {
        letGo();
        return encode(openJph, image, decompositions);
      }),
    decode: (codestream, reduction) =>
      program.run("HTJ2K decoding", (openJph) => {
        letGo();
        decoder = new openJph.HTJ2KDecoder();
        return decode(decoder, codestream, reduction);
      }),
    memoryByteLength: () => program.memoryByteLength(),
    hasCrashed: () => program.hasCrashed(),
  };
}

function encode(openJph: OpenJph, image: CodecImage, decompositions: number): Uint8Array {
  const encoder = new openJph.HTJ2KEncoder();
  try {
    configure(encoder, decompositions);
    const { bytes, ...frameInfo } = image;
    // Without the transform the codec mixes the components' lines up, and never notices
    // (facts: codecs#colour-transform).
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

function decode(decoder: HTJ2KDecoder, codestream: Uint8Array, reduction: number): Uint8Array {
  decoder.getEncodedBuffer(codestream.length).set(codestream);
  decoder.decodeSubResolution(reduction);
  const reason = decoder.getLastErrorMessage();
  if (reason !== "") throw new PixelError(`HTJ2K decoding failed: ${reason}`);
  return decoder.getDecodedBuffer();
}
