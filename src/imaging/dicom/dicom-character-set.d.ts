declare module "dicom-character-set" {
  /** Throws for an unknown set or escape sequence. */
  export function convertBytes(
    specificCharacterSet: string | undefined,
    bytes: Uint8Array,
    options: { vr: string },
  ): string;
}
