import { type DicomAttributes, firstOf, numbersOf } from "../calls/image-set-metadata.ts";

/** The lookup tables of PALETTE COLOR, with 8 bits for each colour (DICOM PS3.3 C.7.6.3.1.5). */
export interface Palette {
  /** The stored value that the first entry is for. */
  readonly firstValue: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

/** Undefined where the metadata has no complete palette. */
export function paletteOf(attributes: DicomAttributes): Palette | undefined {
  const [count, firstValue = 0, bits = 16] = numbersOf(attributes["RedPaletteColorLookupTableDescriptor"]);
  const tableOf = (colour: string): Uint8Array | undefined =>
    readTable(
      firstOf(attributes[`${colour}PaletteColorLookupTableData`]),
      count === 0 ? 65_536 : count,
      bits,
    );
  const [red, green, blue] = ["Red", "Green", "Blue"].map(tableOf);
  return red && green && blue ? { firstValue, red, green, blue } : undefined;
}

/** The data are in base64: words of little endian, or bytes. */
function readTable(data: unknown, count: number | undefined, bits: number): Uint8Array | undefined {
  if (typeof data !== "string" || count === undefined) return undefined;
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const isWords = bytes.length >= 2 * count;
  return Uint8Array.from({ length: count }, (_, index) => {
    if (!isWords) return bytes[index] ?? 0;
    // The high byte of a word of 16 bits; tables of 8 bits may be stored in words.
    return (bits > 8 ? bytes[2 * index + 1] : bytes[2 * index]) ?? 0;
  });
}
