/** One resolution level that the metadata lists, of `PixelDataChecksumFromBaseToFullResolution`. */
export interface ListedLevel {
  readonly Width: number;
  readonly Height: number;
  readonly Checksum: number;
}

/** Asks the worker for a frame. A later request ends an earlier one. */
export interface FrameRequest {
  readonly frame: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** GetImageFrame's input, in JSON. */
  readonly body: string;
  /** From the smallest to the full one. */
  readonly levels: readonly ListedLevel[];
  /** Stops the transfer once this level is decoded, counted in the codestream; left out, the frame is read to its end. */
  readonly stopAt?: number | undefined;
}

export type FrameSamples = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** One decoded resolution level. */
export interface DecodedLevel {
  /** 0 is the smallest of the codestream. */
  readonly level: number;
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly bitsStored: number;
  readonly isSigned: boolean;
  readonly samples: FrameSamples;
  /** Bytes of the frame up to the end of this level. */
  readonly byteLength: number;
  /** Whether the checksum is that of the metadata; undefined for a level that it does not list. */
  readonly isVerified?: boolean | undefined;
  readonly decodeMs: number;
}

/** What the worker says of a frame. */
export type FrameMessage = { readonly frame: number } & (
  | { readonly kind: "received"; readonly received: number; readonly total: number | undefined }
  | { readonly kind: "levels"; readonly count: number }
  | { readonly kind: "decoded"; readonly decoded: DecodedLevel }
  /** The transfer is over; `isWhole` if every level was there. */
  | {
      readonly kind: "ended";
      readonly received: number;
      readonly isWhole: boolean;
      readonly fault?: string | undefined;
    }
  | { readonly kind: "failed"; readonly message: string; readonly fault?: string | undefined }
);
