declare module "dicom-character-set" {
  /** Throws on a set or an escape sequence it does not know. */
  export function convertBytes(
    specificCharacterSet: string | undefined,
    bytes: Uint8Array,
    options: { vr: string },
  ): string;
}
