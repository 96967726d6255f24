import { DicomError } from "./dicom-error.ts";

/** The items of encapsulated Pixel Data (PS3.5 A.4). */
export interface FragmentSequence {
  /** The Basic Offset Table: where frames begin, counted from the first fragment's item. */
  readonly offsetTable: readonly number[];
  /** Places in the bytes that were read. */
  readonly fragments: readonly { readonly position: number; readonly length: number }[];
  /** Behind the delimiter, or where the items end without one. */
  readonly end: number;
}

const ITEM_HEADER_LENGTH = 8;
const ITEM = 0xfffee000;
const DELIMITER = 0xfffee0dd;

/** What JPEG and JPEG 2000 frames begin with: FF, one of these, FF. */
const FRAME_STARTS: ReadonlySet<number> = new Set([0xd8, 0x4f]);

/**
 * Reads items by their lengths, never by looking for tags, which fragments may hold.
 * @param limit of the item or file around them
 *
 * Assumed: what many writers leave out is not missed: the delimiter at the end, the byte that pads an
 * odd length, the item of the offset table. A fragment that the file does not hold whole is.
 */
export function readFragments(bytes: Uint8Array, start: number, limit = bytes.length): FragmentSequence {
  const view = new DataView(bytes.buffer, bytes.byteOffset, limit);
  const items: { position: number; length: number }[] = [];
  let at = start;
  for (;;) {
    const tag = tagAt(view, at);
    // An odd length may have been padded without being counted.
    if (tag !== ITEM && tag !== DELIMITER && isOdd(items.at(-1)) && isItemTag(tagAt(view, at + 1))) at += 1;
    else if (tag !== ITEM) break;
    if (tagAt(view, at) === DELIMITER) break;
    const length = view.getUint32(at + 4, true);
    const position = at + ITEM_HEADER_LENGTH;
    if (position + length > limit) {
      throw new DicomError(
        `DICOM attribute PixelData is truncated: expected a fragment of ${length} bytes, ` +
          `got ${limit - position}`,
      );
    }
    items.push({ position, length });
    at = position + length;
  }
  const end = tagAt(view, at) === DELIMITER ? at + ITEM_HEADER_LENGTH : at;
  const [first, ...others] = items;
  if (first === undefined || isFrame(bytes, first)) return { offsetTable: [], fragments: items, end };
  return { offsetTable: readOffsetTable(view, first), fragments: others, end };
}

/** As a number, 0 where the bytes end before an item's header would. */
function tagAt(view: DataView, at: number): number {
  if (at + ITEM_HEADER_LENGTH > view.byteLength) return 0;
  return view.getUint16(at, true) * 0x10000 + view.getUint16(at + 2, true);
}

const isItemTag = (tag: number): boolean => tag === ITEM || tag === DELIMITER;

const isOdd = (item: { length: number } | undefined): boolean => item !== undefined && item.length % 2 === 1;

const isFrame = (bytes: Uint8Array, { position, length }: { position: number; length: number }): boolean =>
  length > 4 &&
  bytes[position] === 0xff &&
  FRAME_STARTS.has(bytes[position + 1] ?? 0) &&
  bytes[position + 2] === 0xff;

function readOffsetTable(
  view: DataView,
  { position, length }: { position: number; length: number },
): number[] {
  return Array.from({ length: Math.floor(length / 4) }, (_, index) =>
    view.getUint32(position + index * 4, true),
  );
}
