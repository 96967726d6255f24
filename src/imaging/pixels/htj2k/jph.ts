import { viewOf } from "../bytes.ts";
import { COMPONENT_BYTE_LENGTH, SIZ } from "./codestream.ts";
import { JP2_SIGNATURE_BOX, JPEG_2000_MARKER } from "../markers.ts";
import { PixelError } from "../pixel-error.ts";

/** Box types and values (ISO/IEC 15444-1 I.5). */
const HEADER_BOX = 0x6a703268;
const IMAGE_HEADER_BOX = 0x69686472;
const BITS_PER_COMPONENT_BOX = 0x62706363;
const COLOUR_BOX = 0x636f6c72;
const CODESTREAM_BOX = 0x6a703263;
const COMPONENTS_DIFFER = 255;
const JPEG_2000 = 7;
const GREYSCALE = 17;
const SRGB = 16;

/** `jP` with its fixed content, and `ftyp` with brand and compatibility `jp2 ` (facts: frames#jph-header). */
const FIRST_BOXES = Buffer.from("\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 ", "latin1");

const IMAGE_HEADER_BYTE_LENGTH = 22;
const COLOUR_BYTE_LENGTH = 15;
const BOX_HEADER_BYTE_LENGTH = 8;

/**
 * The boxes before a codestream that make it a JPH file: 85 bytes, more where the components
 * differ in depth. The last box, `jp2c`, has length 0, so it goes to the end of the file.
 * Throws a PixelError where the bytes do not begin as a codestream does.
 *
 * Assumed: three-components-srgb. Three components are always called sRGB. Called YCC (18), readers such as
 * opj_decompress would convert the samples of a YBR_FULL source, and checksums would no longer hold
 * (facts: frames#colour-of-three-components).
 */
export function jphHeader(codestream: Uint8Array): Uint8Array {
  const { width, height, depths } = readSiz(codestream);
  const [first = 0] = depths;
  const isAlike = depths.every((depth) => depth === first);
  const bpccByteLength = isAlike ? 0 : BOX_HEADER_BYTE_LENGTH + depths.length;
  const jp2hByteLength =
    BOX_HEADER_BYTE_LENGTH + IMAGE_HEADER_BYTE_LENGTH + bpccByteLength + COLOUR_BYTE_LENGTH;
  const header = Buffer.alloc(FIRST_BOXES.length + jp2hByteLength + BOX_HEADER_BYTE_LENGTH);
  header.set(FIRST_BOXES);
  let at = writeBox(header, FIRST_BOXES.length, jp2hByteLength, HEADER_BOX);
  at = writeBox(header, at, IMAGE_HEADER_BYTE_LENGTH, IMAGE_HEADER_BOX);
  at = header.writeUInt32BE(height, at);
  at = header.writeUInt32BE(width, at);
  at = header.writeUInt16BE(depths.length, at);
  at = header.writeUInt8(isAlike ? first : COMPONENTS_DIFFER, at);
  at = header.writeUInt8(JPEG_2000, at);
  at = header.writeUInt8(1, at) + 1; // UnkC is 1, IPR 0 (facts: frames#jph-header).
  if (!isAlike) {
    at = writeBox(header, at, bpccByteLength, BITS_PER_COMPONENT_BOX);
    for (const depth of depths) at = header.writeUInt8(depth, at);
  }
  at = writeBox(header, at, COLOUR_BYTE_LENGTH, COLOUR_BOX);
  at = header.writeUInt8(1, at) + 2; // METH: enumerated; PREC and APPROX are 0.
  at = header.writeUInt32BE(depths.length < 3 ? GREYSCALE : SRGB, at);
  writeBox(header, at, 0, CODESTREAM_BOX);
  return header;
}

/** @returns the offset of its content */
function writeBox(header: Buffer, at: number, byteLength: number, type: number): number {
  header.writeUInt32BE(byteLength, at);
  return header.writeUInt32BE(type, at + 4);
}

/** The depths are the components' Ssiz, which `ihdr` and `bpcc` have in the same form (A.5.1, I.5.3.1). */
function readSiz(codestream: Uint8Array) {
  const view = viewOf(codestream);
  const componentCount = view.byteLength < SIZ.components ? 0 : view.getUint16(SIZ.componentCount);
  const end = SIZ.components + componentCount * COMPONENT_BYTE_LENGTH;
  if (
    componentCount === 0 ||
    view.byteLength < end ||
    view.getUint16(0) !== JPEG_2000_MARKER.SOC ||
    view.getUint16(2) !== JPEG_2000_MARKER.SIZ
  ) {
    throw new PixelError(`the ${view.byteLength} bytes do not begin with markers SOC and SIZ`);
  }
  const depths: number[] = [];
  for (let at: number = SIZ.components; at < end; at += COMPONENT_BYTE_LENGTH) depths.push(view.getUint8(at));
  return {
    width: view.getUint32(SIZ.width) - view.getUint32(SIZ.left),
    height: view.getUint32(SIZ.height) - view.getUint32(SIZ.top),
    depths,
  };
}

/**
 * The start and end of the codestream, in bytes: everything if the bytes are not a file of boxes. Throws a
 * RangeError if a box is truncated, a PixelError if its length is impossible.
 */
export function findCodestream(bytes: Uint8Array): { readonly start: number; readonly end: number } {
  const view = viewOf(bytes);
  if (view.getUint32(4) !== JP2_SIGNATURE_BOX) return { start: 0, end: bytes.length };
  for (let offset = 0; ;) {
    const short = view.getUint32(offset);
    const isLong = short === 1;
    const byteLength = isLong ? Number(view.getBigUint64(offset + 8)) : short;
    const end = byteLength === 0 ? bytes.length : offset + byteLength;
    const start = offset + (isLong ? 16 : BOX_HEADER_BYTE_LENGTH);
    if (view.getUint32(offset + 4) === CODESTREAM_BOX) return { start, end };
    if (end < start)
      throw new PixelError(`JPEG 2000: the box at ${offset} is too short, it has ${byteLength} bytes`);
    offset = end;
  }
}
