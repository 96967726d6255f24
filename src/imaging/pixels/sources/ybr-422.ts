import type { FrameShape } from "../frame-shape.ts";
import { PixelError } from "../pixel-error.ts";
import { newSamples, type Samples } from "../samples.ts";

/** Whether two pixels share one Cb and one Cr, in native pixel data (DICOM PS3.3 C.7.6.3.1.2). */
export const isSubsampled422 = ({ photometricInterpretation, samplesPerPixel }: FrameShape): boolean =>
  samplesPerPixel === 3 && /^YBR_(FULL|PARTIAL)_422$/.test(photometricInterpretation);

/** From Y1 Y2 Cb Cr to three samples for each pixel; both of a pair get the same Cb and Cr. */
export function upsample422(samples: Samples, shape: FrameShape): Samples {
  const { columns, bitsAllocated, isSigned, planarConfiguration, photometricInterpretation } = shape;
  // Readers disagree on the layout of planes of pixels that share colours.
  if (planarConfiguration !== 0) {
    throw new PixelError(
      `PlanarConfiguration ${planarConfiguration} with ${photometricInterpretation} is not supported, expected 0`,
    );
  }
  if (columns % 2 !== 0) {
    throw new PixelError(
      `Columns ${columns} is not supported, expected an even number: pixels share colours`,
    );
  }
  const full = newSamples(bitsAllocated, isSigned, (samples.length / 2) * 3);
  for (let from = 0, to = 0; from < samples.length; from += 4, to += 6) {
    const blue = samples[from + 2] ?? 0;
    const red = samples[from + 3] ?? 0;
    full[to] = samples[from] ?? 0;
    full[to + 1] = blue;
    full[to + 2] = red;
    full[to + 3] = samples[from + 1] ?? 0;
    full[to + 4] = blue;
    full[to + 5] = red;
  }
  return full;
}
