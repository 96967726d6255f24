import type { FrameShape } from "../../frame-shape.ts";
import { PixelError } from "../../pixel-error.ts";
import type { DecodedJpeg } from "./decode-jpeg.ts";

/**
 * Assumed: jpeg-colours. The components have the colours of Photometric Interpretation, which the service
 * does not change (facts: metadata#values). If Adobe's marker says that RGB was encoded as YCbCr, it is
 * converted back to RGB; if it says that promised YCbCr was never converted, no samples would be right.
 */
export function inPromisedColours(image: DecodedJpeg, shape: FrameShape): DecodedJpeg {
  if (image.componentCount !== 3 || image.adobeTransform === undefined || !image.isLossy) return image;
  const { photometricInterpretation } = shape;
  const isPromisedRgb = photometricInterpretation === "RGB";
  if (image.adobeTransform === 1) return isPromisedRgb ? toRgb(image) : image;
  if (isPromisedRgb) return image;
  throw new PixelError(
    `PhotometricInterpretation ${photometricInterpretation} found, but the JPEG frame is marked as RGB`,
  );
}

/** By the equations of JFIF (ITU-T T.871), which are those of DICOM PS3.3 C.7.6.3.1.2. */
function toRgb(image: DecodedJpeg): DecodedJpeg {
  const highest = 2 ** image.bitsPerSample - 1;
  const middle = 2 ** (image.bitsPerSample - 1);
  const samples = image.samples.slice();
  const limit = (value: number): number => Math.min(Math.max(Math.round(value), 0), highest);
  for (let i = 0; i < samples.length; i += 3) {
    const luma = samples[i] ?? 0;
    const blue = (samples[i + 1] ?? 0) - middle;
    const red = (samples[i + 2] ?? 0) - middle;
    samples[i] = limit(luma + 1.402 * red);
    samples[i + 1] = limit(luma - 0.344136 * blue - 0.714136 * red);
    samples[i + 2] = limit(luma + 1.772 * blue);
  }
  return { ...image, samples };
}
