import type { Codec } from "../codecs/codec.ts";
import { COMPONENT_BYTE_LENGTH, SIZ, SSIZ_SIGNED } from "./codestream.ts";
import type { FrameShape } from "../frame-shape.ts";
import { mergeCodestreams } from "./merge-codestreams.ts";
import { decompositionCount } from "./resolution-levels.ts";
import { newSamples, sampleBytes, type Samples } from "../samples.ts";

/**
 * A lossless HTJ2K codestream (ISO/IEC 15444-15) of the samples, with a precision of BitsStored bits: RPCL, a
 * TLM marker, one tile-part for each resolution. Three components of up to 8 bits use the reversible colour
 * transform, wider ones do not.
 */
export function encodeCodestream(samples: Samples, shape: FrameShape, codec: Codec): Uint8Array {
  if (shape.bitsStored <= 8) return encodeBytes(samples, shape, codec);
  if (shape.samplesPerPixel === 1) return encodeGrey(samples, shape, codec);
  return encodeByComponent(samples, shape, codec);
}

function encodeGrey(samples: Samples, shape: FrameShape, codec: Codec): Uint8Array {
  const { columns: width, rows: height, bitsStored: bitsPerSample, isSigned } = shape;
  const image = { width, height, componentCount: 1, bitsPerSample, isSigned, bytes: sampleBytes(samples) };
  return codec.encode(image, decompositionCount(width, height));
}

/**
 * The codec treats samples of up to 8 bits as unsigned, whatever its settings (facts: codecs#signed-bytes).
 * An encoder of unsigned samples first subtracts half the range, one of signed samples does not (ISO/IEC
 * 15444-1 G.1). So signed samples are raised by that value, and afterwards the codestream is marked as
 * signed.
 */
function encodeBytes(samples: Samples, shape: FrameShape, codec: Codec): Uint8Array {
  const { columns: width, rows: height, samplesPerPixel, bitsStored, isSigned } = shape;
  const bytes = isSigned ? raise(samples, 2 ** (bitsStored - 1)) : narrow(samples);
  const codestream = codec.encode(
    {
      width,
      height,
      componentCount: samplesPerPixel,
      bitsPerSample: bitsStored,
      isSigned: false,
      bytes,
    },
    decompositionCount(width, height),
  );
  if (isSigned) markSigned(codestream, samplesPerPixel);
  return codestream;
}

function narrow(samples: Samples): Uint8Array {
  return samples.BYTES_PER_ELEMENT === 1 ? sampleBytes(samples) : new Uint8Array(samples);
}

function raise(samples: Samples, amount: number): Uint8Array {
  const raised = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i++) raised[i] = (samples[i] ?? 0) + amount;
  return raised;
}

function markSigned(codestream: Uint8Array, componentCount: number): void {
  for (let component = 0; component < componentCount; component++) {
    const ssiz = SIZ.components + component * COMPONENT_BYTE_LENGTH;
    codestream[ssiz] = (codestream[ssiz] ?? 0) | SSIZ_SIGNED;
  }
}

/** The codec reads several components of more than 8 bits wrongly (facts: codecs#several-wide-components). */
function encodeByComponent(samples: Samples, shape: FrameShape, codec: Codec): Uint8Array {
  const components = Array.from({ length: shape.samplesPerPixel }, (_, component) =>
    encodeGrey(extractComponent(samples, shape, component), shape, codec),
  );
  return mergeCodestreams(components);
}

function extractComponent(samples: Samples, shape: FrameShape, component: number): Samples {
  const { bitsAllocated, isSigned, samplesPerPixel } = shape;
  const extracted = newSamples(bitsAllocated, isSigned, samples.length / samplesPerPixel);
  for (let to = 0, from = component; to < extracted.length; to++, from += samplesPerPixel) {
    extracted[to] = samples[from] ?? 0;
  }
  return extracted;
}
