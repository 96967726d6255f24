import { textOfValue, type ViewedFrame } from "../calls/image-set-metadata.ts";
import type { DecodedLevel, FrameSamples } from "./frame-messages.ts";
import { type GreyWindow, greyOf, rescaleOf } from "./grey-window.ts";
import { type Palette, paletteOf } from "./palette.ts";

export interface Appearance {
  readonly window: GreyWindow;
  readonly isInverted: boolean;
}

/** How samples become colours. */
type Painting = "grey" | "palette" | "rgb" | "ybr";

export function paintingOf({ attributes }: ViewedFrame): Painting {
  const interpretation = textOfValue(attributes["PhotometricInterpretation"]) || "MONOCHROME2";
  if (interpretation === "PALETTE COLOR") return "palette";
  if (interpretation.startsWith("MONOCHROME")) return "grey";
  // The samples of YBR_RCT and YBR_ICT are RGB once they are decoded.
  return /^YBR_(FULL|PARTIAL)/.test(interpretation) ? "ybr" : "rgb";
}

/** The pixels of a decoded level, as a canvas has them. */
export function paintFrame(frame: ViewedFrame, decoded: DecodedLevel, appearance: Appearance): ImageData {
  const image = new ImageData(decoded.width, decoded.height);
  const pixels = new Uint32Array(image.data.buffer);
  const painting = paintingOf(frame);
  const palette = painting === "palette" ? paletteOf(frame.attributes) : undefined;
  if (decoded.samplesPerPixel >= 3) paintColours(pixels, decoded, painting === "ybr", appearance.isInverted);
  else if (palette !== undefined) paintPalette(pixels, decoded.samples, palette, appearance.isInverted);
  else paintGrey(pixels, decoded.samples, greyTable(frame, decoded, appearance));
  return image;
}

/** Canvases of all browsers' machines are little endian: red is the lowest byte. */
const pixelOf = (red: number, green: number, blue: number): number =>
  (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;

/** A colour for each stored value, from the lowest possible one. */
interface GreyTable {
  readonly lowest: number;
  readonly colours: Uint32Array;
}

function greyTable(
  frame: ViewedFrame,
  { bitsStored, isSigned }: DecodedLevel,
  appearance: Appearance,
): GreyTable {
  const { slope, intercept } = rescaleOf(frame);
  const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const isMonochrome1 = textOfValue(frame.attributes["PhotometricInterpretation"]) === "MONOCHROME1";
  const isInverted = appearance.isInverted !== isMonochrome1;
  const colours = Uint32Array.from({ length: 2 ** bitsStored }, (_, index) => {
    const grey = Math.round(greyOf((lowest + index) * slope + intercept, appearance.window));
    const shown = isInverted ? 255 - grey : grey;
    return pixelOf(shown, shown, shown);
  });
  return { lowest, colours };
}

function paintGrey(pixels: Uint32Array, samples: FrameSamples, { lowest, colours }: GreyTable): void {
  for (let at = 0; at < pixels.length; at++) pixels[at] = colours[(samples[at] ?? 0) - lowest] ?? 0;
}

function paintPalette(
  pixels: Uint32Array,
  samples: FrameSamples,
  { firstValue, red, green, blue }: Palette,
  isInverted: boolean,
): void {
  const last = red.length - 1;
  for (let at = 0; at < pixels.length; at++) {
    const index = Math.min(last, Math.max(0, (samples[at] ?? 0) - firstValue));
    const colour = pixelOf(red[index] ?? 0, green[index] ?? 0, blue[index] ?? 0);
    pixels[at] = isInverted ? (colour ^ 0x00ffffff) >>> 0 : colour;
  }
}

/** Samples of more than 8 bits are shown by their highest 8. */
function paintColours(pixels: Uint32Array, decoded: DecodedLevel, isYbr: boolean, isInverted: boolean): void {
  const { samples, samplesPerPixel, bitsStored } = decoded;
  const shift = Math.max(0, bitsStored - 8);
  for (let at = 0, from = 0; at < pixels.length; at++, from += samplesPerPixel) {
    const first = (samples[from] ?? 0) >> shift;
    const second = (samples[from + 1] ?? 0) >> shift;
    const third = (samples[from + 2] ?? 0) >> shift;
    const colour = isYbr ? rgbOfYbr(first, second, third) : pixelOf(first, second, third);
    pixels[at] = isInverted ? (colour ^ 0x00ffffff) >>> 0 : colour;
  }
}

/** YBR_FULL to RGB (PS3.3 C.7.6.3.1.2). */
function rgbOfYbr(y: number, cb: number, cr: number): number {
  const red = y + 1.402 * (cr - 128);
  const green = y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128);
  const blue = y + 1.772 * (cb - 128);
  return pixelOf(byteOf(red), byteOf(green), byteOf(blue));
}

const byteOf = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
