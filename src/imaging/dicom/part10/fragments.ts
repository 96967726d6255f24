import { isZeros } from "../../pixels/bytes.ts";
import { JPEG_2000_MARKER, JPEG_MARKER } from "../../pixels/markers.ts";
import { endsCodestream } from "./codestream-bounds.ts";
import { DicomError } from "../dicom-error.ts";
import * as tags from "../tag.ts";
import { HEADER_LENGTH } from "../vr.ts";

/** The items of encapsulated Pixel Data (PS3.5 A.4). */
export interface FragmentSequence {
  /** The Basic Offset Table: the starts of frames, relative to the first fragment's item. */
  readonly offsetTable: readonly number[];
  /** Positions in the input bytes. */
  readonly fragments: readonly { readonly position: number; readonly length: number }[];
  /** After the delimiter, or after the last item if there is none. */
  readonly end: number;
}

type Item = FragmentSequence["fragments"][number];

/** As numbers, so that no string is created for each fragment's tag. */
const ITEM = Number.parseInt(tags.ITEM, 16);
const DELIMITER = Number.parseInt(tags.SEQUENCE_DELIMITER, 16);

/** JPEG and JPEG 2000 frames start with one of these bytes, then FF. */
const FRAME_STARTS: ReadonlySet<number> = new Set([JPEG_MARKER.SOI, JPEG_2000_MARKER.SOC]);

/**
 * Reads items by their lengths, never by looking for tags, which fragments may hold.
 * @param limit of the item or file around them
 *
 * Assumed: loose-fragments. What many writers leave out is not missed: the delimiter at the end, the byte that
 * pads an odd length, the item of the offset table. A fragment that the file does not hold whole is refused, and
 * so is one whose end, and everything after it, is zeros.
 */
export function readFragments(bytes: Uint8Array, start: number, limit = bytes.length): FragmentSequence {
  const view = new DataView(bytes.buffer, bytes.byteOffset, limit);
  const items: Item[] = [];
  let at = start;
  for (;;) {
    const tag = tagAt(view, at);
    // An odd length may have been padded without being counted.
    if (tag !== ITEM && tag !== DELIMITER && isOdd(items.at(-1)) && isItemTag(tagAt(view, at + 1))) at += 1;
    else if (tag !== ITEM) break;
    if (tagAt(view, at) === DELIMITER) break;
    const length = view.getUint32(at + 4, true);
    const position = at + HEADER_LENGTH;
    if (position + length > limit) {
      throw new DicomError(
        `DICOM attribute PixelData is truncated: expected a fragment of ${length} bytes, ` +
          `got ${limit - position}`,
      );
    }
    items.push({ position, length });
    at = position + length;
  }
  const isDelimited = tagAt(view, at) === DELIMITER;
  const end = isDelimited ? at + HEADER_LENGTH : at;
  if (!isDelimited) checkNotFilled(bytes.subarray(0, at), items, bytes.subarray(at, limit));
  const [first, ...others] = items;
  if (first === undefined || isFrame(bytes, first)) return { offsetTable: [], fragments: items, end };
  return { offsetTable: readOffsetTable(view, first), fragments: others, end };
}

/**
 * A file that was not completely written may have its full length, with zeros from some position in its pixel
 * data on. The start of the zeros is not recorded: it is in a codestream without its end or, for one that has
 * no end marker, in one that ends with zeros.
 */
function checkNotFilled(bytes: Uint8Array, items: readonly Item[], rest: Uint8Array): void {
  if (rest.length < 2 || !isZeros(rest)) return;
  const fragments = items.filter(({ length }) => length > 0);
  const last = fragments.at(-1);
  if (last === undefined) return;
  const fragment = bytes.subarray(last.position, last.position + last.length);
  const isMarked = fragments.slice(0, 2).some((item) => isFrame(bytes, item));
  const isWhole = isMarked ? endsCodestream(fragment) : fragment.subarray(-2).some((byte) => byte !== 0);
  if (isWhole) return;
  throw new DicomError(
    `DICOM attribute PixelData is truncated: expected its delimiter, got ${rest.length} bytes of zeros`,
  );
}

/** As a number, 0 if the bytes end before an item's header would. */
function tagAt(view: DataView, at: number): number {
  if (at + HEADER_LENGTH > view.byteLength) return 0;
  return view.getUint16(at, true) * 0x10000 + view.getUint16(at + 2, true);
}

const isItemTag = (tag: number): boolean => tag === ITEM || tag === DELIMITER;

const isOdd = (item: { length: number } | undefined): boolean => item !== undefined && item.length % 2 === 1;

const isFrame = (bytes: Uint8Array, { position, length }: Item): boolean =>
  length > 4 &&
  FRAME_STARTS.has(((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0)) &&
  bytes[position + 2] === 0xff;

function readOffsetTable(view: DataView, { position, length }: Item): number[] {
  return Array.from({ length: Math.floor(length / 4) }, (_, index) =>
    view.getUint32(position + index * 4, true),
  );
}
