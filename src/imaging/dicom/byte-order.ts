/** The word length of a VR's values (PS3.5 7.3); 1 for text and bytes. */
const WORD_LENGTHS: ReadonlyMap<string, number> = new Map([
  ...["US", "SS", "OW", "AT"].map((vr) => [vr, 2] as const),
  ...["UL", "SL", "FL", "OF", "OL"].map((vr) => [vr, 4] as const),
  ...["FD", "OD", "OV", "SV", "UV"].map((vr) => [vr, 8] as const),
]);

/**
 * Converts a big-endian value field to little endian. A field whose length is not a multiple of the word
 * length is returned unchanged. AT has two words, group and element.
 */
export function toLittleEndian(bytes: Uint8Array, vr: string): Uint8Array {
  const wordLength = WORD_LENGTHS.get(vr) ?? 1;
  if (wordLength === 1 || bytes.length % wordLength !== 0) return bytes;
  const swapped = Buffer.from(bytes);
  if (wordLength === 2) swapped.swap16();
  else if (wordLength === 4) swapped.swap32();
  else swapped.swap64();
  return new Uint8Array(swapped.buffer, swapped.byteOffset, swapped.byteLength);
}
