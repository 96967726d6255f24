import type { J2KDecoder, OpenJpeg } from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import { COMPONENT_BYTE_LENGTH, SIZ, SSIZ_SIGNED } from "../htj2k/codestream.ts";
import { checkExpectedSize, type DecodedImage, type ExpectedImage } from "./decoded-image.ts";
import { type ForeignCodestream, readForeignCodestream } from "./foreign-codestream.ts";
import { PixelError } from "../pixel-error.ts";
import { newSamples, type Samples, viewSamples } from "../samples.ts";
import { WasmProgram } from "../codecs/wasm-program.ts";

export const loadOpenJpeg = async (): Promise<WasmProgram<OpenJpeg>> =>
  WasmProgram.start((await import("@cornerstonejs/codec-openjpeg/decodewasmjs")).default);

/**
 * Decodes a frame of JPEG 2000 or HTJ2K from any encoder. A colour transform is undone: the samples are then
 * RGB. Throws a PixelError.
 */
export function decodeJpeg2000(
  frame: Uint8Array,
  expected: ExpectedImage,
  openJpeg: WasmProgram<OpenJpeg>,
): DecodedImage {
  const codestream = readForeignCodestream(frame);
  checkExpectedSize("JPEG 2000", codestream, expected, frame.length);
  const { bitsPerSample } = codestream;
  if (bitsPerSample > 16) throw new PixelError(`JPEG 2000: ${bitsPerSample} bits a sample are not supported`);
  return openJpeg.run("JPEG 2000 decoding", ({ J2KDecoder }, printed) => {
    const decoder = new J2KDecoder();
    try {
      return { ...decode(decoder, codestream, printed), isLossy: !decoder.getIsReversible() };
    } finally {
      decoder.delete();
    }
  });
}

function decode(decoder: J2KDecoder, codestream: ForeignCodestream, printed: readonly string[]) {
  const { width, height, componentCount, bitsPerSample, isSigned } = codestream;
  const input = decoder.getEncodedBuffer(codestream.bytes.length);
  input.set(codestream.bytes);
  const isRaised = isSigned && bitsPerSample <= 8;
  if (isRaised) markUnsigned(input, componentCount);
  decoder.decode();
  const problem = printed.find((line) => line.startsWith("[ERROR]"));
  if (problem !== undefined) throw new PixelError(`JPEG 2000: ${problem.slice("[ERROR] ".length)}`);
  const bytes = decoder.getDecodedBuffer().slice();
  const wanted = width * height * componentCount * (bitsPerSample <= 8 ? 1 : 2);
  if (bytes.length !== wanted) {
    throw new PixelError(`JPEG 2000: expected ${wanted} decoded bytes, got ${bytes.length}`);
  }
  const samples = isRaised
    ? lower(bytes, 2 ** (bitsPerSample - 1))
    : viewSamples(bytes, bitsPerSample, isSigned);
  return { width, height, componentCount, bitsPerSample, isSigned, samples };
}

/**
 * The codec clips negative samples of up to 8 bits at 0. Marked as unsigned, they are raised by half their
 * range (ISO/IEC 15444-1 G.1).
 */
function markUnsigned(codestream: Uint8Array, componentCount: number): void {
  for (let component = 0; component < componentCount; component++) {
    const ssiz = SIZ.components + component * COMPONENT_BYTE_LENGTH;
    codestream[ssiz] = (codestream[ssiz] ?? 0) & ~SSIZ_SIGNED;
  }
}

function lower(raised: Uint8Array, amount: number): Samples {
  const samples = newSamples(8, true, raised.length);
  for (let i = 0; i < raised.length; i++) samples[i] = (raised[i] ?? 0) - amount;
  return samples;
}
