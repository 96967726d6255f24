import type { ListedLevel } from "../viewer/frame-messages.ts";
import { callApi } from "./medical-imaging-api.ts";

export type DicomValue = string | number | null | readonly unknown[] | { readonly [name: string]: unknown };
export type DicomAttributes = Readonly<Record<string, DicomValue>>;

interface FrameEntry {
  readonly ID: string;
  readonly PixelDataChecksumFromBaseToFullResolution: readonly ListedLevel[];
  readonly MinPixelValue?: number;
  readonly MaxPixelValue?: number;
  readonly FrameSizeInBytes: number;
}

/** The part of GetImageSetMetadata's document that the console knows. */
export interface ImageSetDocument {
  readonly Patient: { readonly DICOM: DicomAttributes };
  readonly Study: {
    readonly DICOM: DicomAttributes;
    readonly Series: Readonly<
      Record<
        string,
        {
          readonly DICOM: DicomAttributes;
          readonly Instances: Readonly<
            Record<string, { readonly DICOM: DicomAttributes; readonly ImageFrames?: readonly FrameEntry[] }>
          >;
        }
      >
    >;
  };
}

export const readImageSetMetadata = (
  datastoreId: string,
  imageSetId: string,
  versionId: string,
): Promise<ImageSetDocument> =>
  callApi(
    "POST",
    `/datastore/${datastoreId}/imageSet/${imageSetId}/getImageSetMetadata?version=${encodeURIComponent(versionId)}`,
  );

/** A frame to show, with the attributes of its patient, study, series and instance. */
export interface ViewedFrame extends FrameEntry {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  /** From 1. */
  readonly frameNumber: number;
  readonly attributes: DicomAttributes;
}

/** All frames, by series, then by InstanceNumber. */
export function viewedFramesOf({ Patient, Study }: ImageSetDocument): ViewedFrame[] {
  return Object.entries(Study.Series).flatMap(([seriesInstanceUID, series]) =>
    Object.entries(series.Instances)
      .map(([sopInstanceUID, instance]) => ({ sopInstanceUID, ...instance }))
      .toSorted((one, other) => numberOf(one.DICOM) - numberOf(other.DICOM))
      .flatMap(({ sopInstanceUID, DICOM, ImageFrames = [] }) =>
        ImageFrames.map((frame, index) => ({
          ...frame,
          seriesInstanceUID,
          sopInstanceUID,
          frameNumber: index + 1,
          attributes: { ...Patient.DICOM, ...Study.DICOM, ...series.DICOM, ...DICOM },
        })),
      ),
  );
}

const numberOf = (attributes: DicomAttributes): number => Number(firstOf(attributes["InstanceNumber"]) ?? 0);

/** The first value of an attribute, which may have several. */
export const firstOf = (value: unknown): unknown => (Array.isArray(value) ? (value as unknown[])[0] : value);

/** The first value as text; empty where there is none. */
export function textOfValue(value: unknown): string {
  const first = firstOf(value);
  return typeof first === "string" || typeof first === "number" ? String(first) : "";
}

/** Its values as numbers; those that are none are left out. */
export const numbersOf = (value: unknown): number[] =>
  (Array.isArray(value) ? (value as unknown[]) : textOfValue(value).split("\\"))
    .filter((one) => one !== "" && one !== null)
    .map(Number)
    .filter((number) => Number.isFinite(number));
