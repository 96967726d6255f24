/** A value of a metadata document: JSON without booleans, which no element has. */
export type JsonValue = null | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** DICOM elements by keyword, or by 8 hexadecimal digits if they have none. */
export type Attributes = Readonly<Record<string, JsonValue>>;

/** One resolution of a frame. The checksum is the CRC-32 of its decoded samples. */
export interface ResolutionLevel {
  readonly Width: number;
  readonly Height: number;
  readonly Checksum: number;
}

export interface ImageFrameDocument {
  readonly ID: string;
  readonly PixelDataChecksumFromBaseToFullResolution: readonly ResolutionLevel[];
  readonly MinPixelValue: number;
  readonly MaxPixelValue: number;
  /** Of the decoded frame (facts: metadata#frame-size). */
  readonly FrameSizeInBytes: number;
}

export interface InstanceDocument {
  readonly DICOM: Attributes;
  /** The VRs that the dictionary does not determine: see vrsOf. */
  readonly DICOMVRs: Readonly<Record<string, string>>;
  /** How its frames are stored: releases that keep some as they came tell it. */
  readonly StoredTransferSyntaxUID?: string;
  readonly ChecksumType?: string;
  /** Assumed: instance-without-frames. Empty for an instance without pixel data. */
  readonly ImageFrames: readonly ImageFrameDocument[];
}

/** The metadata of one version of an image set, schema version 1.1 (facts: metadata#document). */
export interface MetadataDocument {
  readonly SchemaVersion: "1.1";
  readonly DatastoreID: string;
  readonly ImageSetID: string;
  readonly Patient: { readonly DICOM: Attributes };
  readonly Study: {
    readonly DICOM: Attributes;
    readonly Series: Readonly<
      Record<
        string,
        { readonly DICOM: Attributes; readonly Instances: Readonly<Record<string, InstanceDocument>> }
      >
    >;
  };
}
