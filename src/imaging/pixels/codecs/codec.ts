import type { HTJ2KDecoder, HTJ2KEncoder, OpenJph } from "@cornerstonejs/codec-openjph";
import { PixelError } from "../pixel-error.ts";
import { type WasmMemory, WasmProgram } from "./wasm-program.ts";

/** An image in the codec's form. */
interface CodecImage {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** 1, or 3 with up to 8 bits a sample, which then use the colour transform. */
  readonly componentCount: number;
  /** 1 to 16. */
  readonly bitsPerSample: number;
  /** Only with more than 8 bits a sample. */
  readonly isSigned: boolean;
  /** The samples by pixel: one byte each up to 8 bits, else two, little endian. */
  readonly bytes: Uint8Array;
}

/**
 * The HTJ2K codec within its limits; `encode-codestream.ts` and `decode-frame.ts` handle every other shape of
 * frame. Not for concurrent use.
 */
export interface Codec extends WasmMemory {
  /**
   * A lossless codestream in RPCL order with a TLM marker and one tile-part for each resolution.
   * `decompositions` is at least 1: with 0 the codec returns wrong samples (facts: codecs#no-decomposition).
   */
  encode(image: CodecImage, decompositions: number): Uint8Array;
  /**
   * The samples, in the layout of CodecImage's bytes, of the full resolution halved `reduction` times. They
   * are in the codec's memory, valid until its next call.
   */
  decode(codestream: Uint8Array, reduction: number): Uint8Array;
}

/**
 * Resolution, position, component, layer: required by HTJ2K Lossless RPCL (DICOM PS3.5 10.18;
 * facts: codecs#settings).
 */
const RPCL = 2;

/** Creates a codec with separate memory. The library is loaded at the first call. */
export async function loadCodec(): Promise<Codec> {
  const { default: createOpenJph } = await import("@cornerstonejs/codec-openjph");
  const program = await WasmProgram.start<OpenJph>(createOpenJph);
  /** Has the latest decoded image. */
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
    // Without the transform the codec mixes up the components' lines, without an error
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
