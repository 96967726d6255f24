import { firstOf, type ViewedFrame } from "../calls/image-set-metadata.ts";
import type { PixelPlace } from "./frame-canvas.tsx";
import type { DecodedLevel } from "./frame-messages.ts";
import { rescaleOf } from "./grey-window.ts";

interface PixelValueProps {
  readonly frame: ViewedFrame;
  readonly decoded: DecodedLevel | undefined;
  readonly place: PixelPlace | undefined;
}

/** The samples at the cursor, as stored and rescaled; of a lower level where the full one is not there. */
export function PixelValue({ frame, decoded, place }: PixelValueProps) {
  if (decoded === undefined || place === undefined)
    return <span class="hint">Point at the image to see a pixel's value.</span>;
  const { width, height, samplesPerPixel, samples } = decoded;
  const column = Math.floor((place.column * width) / Number(frame.attributes["Columns"] ?? width));
  const row = Math.floor((place.row * height) / Number(frame.attributes["Rows"] ?? height));
  const at = (row * width + column) * samplesPerPixel;
  const values = Array.from(samples.subarray(at, at + samplesPerPixel));
  return (
    <span class="mono">
      ({place.column}, {place.row}) = {values.join(", ")}
      {samplesPerPixel === 1 && describeRescaled(frame, values[0] ?? 0)}
    </span>
  );
}

function describeRescaled(frame: ViewedFrame, value: number): string {
  const { slope, intercept } = rescaleOf(frame);
  const { attributes } = frame;
  if (attributes["RescaleSlope"] === undefined) return "";
  const type = firstOf(attributes["RescaleType"]);
  const unit = typeof type === "string" ? type : firstOf(attributes["Modality"]) === "CT" ? "HU" : "";
  return `, rescaled ${Number((value * slope + intercept).toFixed(3))} ${unit}`;
}
