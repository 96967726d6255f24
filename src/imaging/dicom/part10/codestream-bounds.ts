import { viewOf } from "../../pixels/bytes.ts";
import {
  FILL_BYTES,
  JP2_SIGNATURE_BOX,
  JPEG_2000_MARKER,
  JPEG_MARKER,
  RLE_HEADER_BYTE_LENGTH,
} from "../../pixels/markers.ts";

/** How codestreams of JPEG (ITU-T T.81) and JPEG 2000 (ISO/IEC 15444-1) begin and end. */
const { SOI, EOI, SOS, RST0, RST7 } = JPEG_MARKER;
const { SOC, SOT, EOC } = JPEG_2000_MARKER;

/** Whether bytes begin like a frame of one of the compressed transfer syntaxes. */
export function startsCodestream(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  if (bytes.length < 12) return false;
  if (view.getUint16(0) === SOI || view.getUint16(0) === SOC) return bytes[2] === 0xff;
  return view.getUint32(4) === JP2_SIGNATURE_BOX || startsRle(view);
}

/** The number of segments, then the offset of the first one: after the header (PS3.5 G.5). */
const startsRle = (view: DataView): boolean =>
  view.byteLength > RLE_HEADER_BYTE_LENGTH &&
  view.getUint32(0, true) >= 1 &&
  view.getUint32(0, true) <= 15 &&
  view.getUint32(4, true) === RLE_HEADER_BYTE_LENGTH;

/** Whether another codestream may follow the first: the same marker occurs again. */
export function holdsSecondStart(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(buffer.subarray(0, 3), 3);
}

/** Whether bytes end with EOI or EOC, which are the same number, with or without padding; RLE has neither. */
export function endsCodestream(bytes: Uint8Array): boolean {
  if (startsRle(viewOf(bytes))) return true;
  let end = bytes.length;
  while (end > 2 && bytes[end - 1] === 0) end -= 1;
  return bytes[end - 2] === EOI >> 8 && bytes[end - 1] === (EOI & 0xff);
}

/** The length of the codestream at the start of the bytes; undefined if its end is not found. */
export function byteLengthOfCodestream(bytes: Uint8Array): number | undefined {
  const view = viewOf(bytes);
  try {
    if (view.getUint16(0) === SOI) return endOfJpeg(view);
    if (view.getUint16(0) === SOC) return endOfJpeg2000(view);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function endOfJpeg(view: DataView): number {
  for (let offset = 2; ;) {
    const marker = view.getUint16(offset);
    if (marker === EOI) return offset + 2;
    if (marker === FILL_BYTES) {
      offset += 1;
      continue;
    }
    offset += 2 + view.getUint16(offset + 2);
    if (marker === SOS) while (isCodedData(view, offset)) offset += 1;
  }
}

/** FF 00 and restart markers belong to the coded data; so does, in JPEG-LS, FF with a stuffed bit. */
function isCodedData(view: DataView, offset: number): boolean {
  if (view.getUint8(offset) !== 0xff) return true;
  const marker = 0xff00 | view.getUint8(offset + 1);
  return marker < 0xff80 || (marker >= RST0 && marker <= RST7);
}

function endOfJpeg2000(view: DataView): number | undefined {
  let offset = 2;
  while (view.getUint16(offset) !== SOT) offset += 2 + view.getUint16(offset + 2);
  while (view.getUint16(offset) === SOT) {
    const byteLength = view.getUint32(offset + 6);
    if (byteLength === 0) return undefined;
    offset += byteLength;
  }
  return view.getUint16(offset) === EOC ? offset + 2 : undefined;
}
