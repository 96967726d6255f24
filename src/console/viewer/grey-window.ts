import { firstOf, numbersOf, type ViewedFrame } from "../calls/image-set-metadata.ts";

/** A window of display, in rescaled values (DICOM PS3.3 C.11.2.1.2). */
export interface GreyWindow {
  readonly center: number;
  readonly width: number;
}

export interface WindowPreset extends GreyWindow {
  readonly name: string;
}

/** The modality's rescaling of stored values (PS3.3 C.11.1.1.2). */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

export function rescaleOf({ attributes }: ViewedFrame): Rescale {
  const [slope = 1] = numbersOf(attributes["RescaleSlope"]);
  const [intercept = 0] = numbersOf(attributes["RescaleIntercept"]);
  return { slope: slope === 0 ? 1 : slope, intercept };
}

/** The windows of the metadata, those that are usual for the modality, and the frame's whole range of values. */
export function presetsOf(frame: ViewedFrame): WindowPreset[] {
  const { attributes, MinPixelValue = 0, MaxPixelValue = 255 } = frame;
  const widths = numbersOf(attributes["WindowWidth"]);
  const names = attributes["WindowCenterWidthExplanation"];
  const named: WindowPreset[] = numbersOf(attributes["WindowCenter"]).flatMap((center, index) => {
    const width = widths[index] ?? 0;
    const explained = Array.isArray(names) ? (names as unknown[])[index] : index === 0 ? names : undefined;
    const name = typeof explained === "string" ? explained : `Window ${index + 1}`;
    return width >= 1 ? [{ name, center, width }] : [];
  });
  const { slope, intercept } = rescaleOf(frame);
  const low = MinPixelValue * slope + intercept;
  const high = MaxPixelValue * slope + intercept;
  const whole = {
    name: "Whole range",
    center: (low + high + 1) / 2,
    width: Math.max(1, Math.abs(high - low) + 1),
  };
  const modality = firstOf(attributes["Modality"]);
  return [...named, ...(modality === "CT" ? CT_WINDOWS : []), whole];
}

/** In Hounsfield units. */
const CT_WINDOWS: readonly WindowPreset[] = [
  { name: "Soft tissue", center: 40, width: 400 },
  { name: "Lung", center: -600, width: 1_500 },
  { name: "Bone", center: 400, width: 1_800 },
  { name: "Brain", center: 40, width: 80 },
];

/** The grey of a rescaled value, 0 to 255: the linear function of PS3.3 C.11.2.1.2.1. */
export function greyOf(value: number, { center, width }: GreyWindow): number {
  const from = center - 0.5 - (width - 1) / 2;
  if (value <= from) return 0;
  if (value > from + width - 1) return 255;
  return ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
}
