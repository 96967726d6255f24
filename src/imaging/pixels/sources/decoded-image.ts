import { PixelError } from "../pixel-error.ts";
import type { Samples } from "../samples.ts";

/** The image of a compressed frame, as its codestream defines it. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly componentCount: number;
  /** Precision of a sample, 1 to 16. */
  readonly bitsPerSample: number;
  readonly isSigned: boolean;
  /** Whether the samples are approximations, which may exceed the encoded range. */
  readonly isLossy: boolean;
  /** Interleaved by pixel; one byte each up to 8 bits, else two. */
  readonly samples: Samples;
}

/** The size according to the attributes, so that a frame of another size is refused before decoding. */
export interface ExpectedImage {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
}

/** Frames of up to this many samples may be nearly empty: compressed to a few bytes. */
const ALWAYS_ALLOWED = 64 * 2 ** 20;
/** Samples for each byte; real images reach some hundreds. */
const LARGEST_RATIO = 20_000;

/** Throws a PixelError if the codestream's header and the attributes disagree, or both are absurd. */
export function checkExpectedSize(
  name: string,
  { width, height, componentCount }: Pick<DecodedImage, "width" | "height" | "componentCount">,
  { columns, rows, samplesPerPixel }: ExpectedImage,
  byteLength: number,
): void {
  if (width !== columns || height !== rows || componentCount !== samplesPerPixel) {
    throw new PixelError(
      `expected ${columns}x${rows}x${samplesPerPixel} samples, ` +
        `got ${name} with ${width}x${height}x${componentCount}`,
    );
  }
  const sampleCount = width * height * componentCount;
  if (sampleCount > ALWAYS_ALLOWED && sampleCount > byteLength * LARGEST_RATIO) {
    throw new PixelError(
      `${name}: ${byteLength} bytes cannot hold ${width}x${height}x${componentCount} samples`,
    );
  }
}
