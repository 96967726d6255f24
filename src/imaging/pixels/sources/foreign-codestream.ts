import { viewOf } from "../bytes.ts";
import { COMPONENT_BYTE_LENGTH, SIZ, SSIZ_SIGNED } from "../htj2k/codestream.ts";
import { findCodestream } from "../htj2k/jph.ts";
import { JPEG_2000_MARKER } from "../markers.ts";
import { PixelError } from "../pixel-error.ts";

/** An entire JPEG 2000 codestream from another encoder, and its header. */
export interface ForeignCodestream {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly componentCount: number;
  readonly bitsPerSample: number;
  readonly isSigned: boolean;
}

/** More fields of SIZ, which follows SOC (A.5.1). */
const SIZ_MORE = { tileWidth: 24, tileHeight: 28, tileLeft: 32, tileTop: 36 } as const;

/**
 * Finds the codestream, also in a JP2 file, and checks what decoders are lenient about: each tile is
 * complete, and the components are equal. Throws a PixelError.
 */
export function readForeignCodestream(frame: Uint8Array): ForeignCodestream {
  try {
    // A JP2 file in place of a codestream is not allowed, but occurs (PS3.5 A.4.4).
    const { start, end } = findCodestream(frame);
    const bytes = frame.subarray(start, end);
    const view = viewOf(bytes);
    if (view.getUint16(0) !== JPEG_2000_MARKER.SOC || view.getUint16(2) !== JPEG_2000_MARKER.SIZ) {
      throw new PixelError("JPEG 2000: the frame does not begin with markers SOC and SIZ");
    }
    return { bytes: whole(bytes, view), ...readSiz(view) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PixelError(`JPEG 2000: the codestream is truncated at ${frame.length} bytes`, { cause: error });
  }
}

function readSiz(view: DataView) {
  const componentCount = view.getUint16(SIZ.componentCount);
  const [first, ...others] = Array.from({ length: componentCount }, (_, index) => {
    const offset = SIZ.components + index * COMPONENT_BYTE_LENGTH;
    return { ssiz: view.getUint8(offset), sampling: view.getUint16(offset + 1) };
  });
  if (first === undefined) throw new PixelError("JPEG 2000: the codestream has no components");
  if (others.some(({ ssiz, sampling }) => ssiz !== first.ssiz || sampling !== first.sampling)) {
    throw new PixelError("JPEG 2000: components of different depth or size are not supported");
  }
  if (first.sampling !== 0x0101) throw new PixelError("JPEG 2000: subsampled components are not supported");
  return {
    width: view.getUint32(SIZ.width) - view.getUint32(SIZ.left),
    height: view.getUint32(SIZ.height) - view.getUint32(SIZ.top),
    componentCount,
    bitsPerSample: (first.ssiz & ~SSIZ_SIGNED) + 1,
    isSigned: (first.ssiz & SSIZ_SIGNED) !== 0,
  };
}

/** Without the bytes after EOC; a missing EOC is added. */
function whole(bytes: Uint8Array, view: DataView): Uint8Array {
  const tiles = new Set<number>();
  let offset = 2;
  while (view.getUint16(offset) !== JPEG_2000_MARKER.SOT) offset += 2 + view.getUint16(offset + 2);
  while (offset + 2 <= bytes.length && view.getUint16(offset) === JPEG_2000_MARKER.SOT) {
    tiles.add(view.getUint16(offset + 4));
    const byteLength = view.getUint32(offset + 6);
    // A length of 0 means the last tile-part, which extends to the end of the data (A.4.2).
    const end = byteLength === 0 ? endOfData(bytes) : offset + byteLength;
    if (end > bytes.length || end <= offset) {
      throw new PixelError(
        `JPEG 2000: a tile-part of ${byteLength} bytes at ${offset} of ${bytes.length} is truncated`,
      );
    }
    offset = end;
  }
  const wanted = tileCount(view);
  if (tiles.size !== wanted) throw new PixelError(`JPEG 2000: expected ${wanted} tiles, got ${tiles.size}`);
  if (offset + 2 <= bytes.length && view.getUint16(offset) === JPEG_2000_MARKER.EOC)
    return bytes.subarray(0, offset + 2);
  if (bytes.length - offset > 1) throw new PixelError(`JPEG 2000: expected marker EOC at ${offset}`);
  const ended = new Uint8Array(offset + 2);
  ended.set(bytes.subarray(0, offset));
  viewOf(ended).setUint16(offset, JPEG_2000_MARKER.EOC);
  return ended;
}

function endOfData(bytes: Uint8Array): number {
  const eoc = bytes.lastIndexOf(0xd9);
  if (eoc > 0 && bytes[eoc - 1] === 0xff) return eoc - 1;
  if (bytes.subarray(-2).some((byte) => byte !== 0)) return bytes.length;
  throw new PixelError("JPEG 2000: expected marker EOC, got zeros: the codestream seems truncated");
}

function tileCount(view: DataView): number {
  const along = (end: number, start: number, size: number): number =>
    Math.ceil((view.getUint32(end) - view.getUint32(start)) / view.getUint32(size));
  return (
    along(SIZ.width, SIZ_MORE.tileLeft, SIZ_MORE.tileWidth) *
    along(SIZ.height, SIZ_MORE.tileTop, SIZ_MORE.tileHeight)
  );
}
