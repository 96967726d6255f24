/** Tags of data elements: GGGGEEEE, 8 upper-case hex digits. */

export const PIXEL_DATA = "7FE00010";
export const FLOAT_PIXEL_DATA = "7FE00008";
export const DOUBLE_FLOAT_PIXEL_DATA = "7FE00009";

/** Items, and the delimiters of items and sequences (PS3.5 7.5): they have no VR. */
export const ITEM = "FFFEE000";
export const ITEM_DELIMITER = "FFFEE00D";
export const SEQUENCE_DELIMITER = "FFFEE0DD";

export const isTag = (text: string): boolean => /^[0-9A-F]{8}$/.test(text);

/**
 * Whether it contains frames: Pixel Data of integers or of floating-point numbers (PS3.3 C.7.6.3, C.7.6.24).
 */
export const isPixelData = (tag: string): boolean =>
  tag === PIXEL_DATA || tag === FLOAT_PIXEL_DATA || tag === DOUBLE_FLOAT_PIXEL_DATA;

export const tagOfWords = (group: number, element: number): string =>
  (group * 0x10000 + element).toString(16).toUpperCase().padStart(8, "0");

/** As two little-endian words, its group and its element. */
export function writeTag(to: Buffer, tag: string, at = 0): void {
  to.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), at);
  to.writeUInt16LE(Number.parseInt(tag.slice(4), 16), at + 2);
}

/** Private groups are odd (PS3.5 7.8). */
export const isPrivate = (tag: string): boolean => Number.parseInt(tag.charAt(3), 16) % 2 === 1;

/** (gggg,0010-00FF) of a private group names the owner of a block (PS3.5 7.8.1). */
export const isPrivateCreator = (tag: string): boolean => isPrivate(tag) && /^....00[1-9A-F].$/.test(tag);

/**
 * The creator of the block that a private element belongs to (PS3.5 7.8.1); undefined for elements that belong to none.
 */
export const creatorTagOf = (tag: string): string | undefined =>
  isPrivate(tag) && !isPrivateCreator(tag) ? `${tag.slice(0, 4)}00${tag.slice(4, 6)}` : undefined;
