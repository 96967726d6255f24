import { viewOf } from "../bytes.ts";
import { JPEG_2000_MARKER } from "../markers.ts";
import { PixelError } from "../pixel-error.ts";

/** The offsets of the fields of SIZ, which directly follows SOC (ISO/IEC 15444-1 A.5.1). */
export const SIZ = {
  byteLength: 4,
  width: 8,
  height: 12,
  left: 16,
  top: 20,
  componentCount: 40,
  components: 42,
} as const;

/** SIZ describes each component with Ssiz, XRsiz and YRsiz, one byte each. */
export const COMPONENT_BYTE_LENGTH = 3;

/** The fields of Ssiz: the top bit means signed, the others are the number of bits minus one. */
export const SSIZ_SIGNED = 0x80;

/** The byte length of a tile-part's header that has only SOT and SOD (A.4.2, A.4.3). */
export const TILE_PART_HEADER_BYTE_LENGTH = 14;

/** One marker segment of the main header; offset and length include the marker itself. */
interface Segment {
  readonly marker: number;
  readonly offset: number;
  readonly byteLength: number;
}

/** One tile-part; offset and length include its header. */
interface TilePart {
  readonly offset: number;
  readonly byteLength: number;
}

/** The main header, and the positions of the tile-parts. Offsets and lengths in bytes. */
export interface Codestream {
  readonly width: number;
  readonly height: number;
  readonly componentCount: number;
  readonly bitsPerSample: number;
  readonly isSigned: boolean;
  readonly isUsingColorTransform: boolean;
  readonly decompositions: number;
  readonly segments: readonly Segment[];
  readonly tileParts: readonly TilePart[];
}

/**
 * Reads a codestream with one tile and equal components, which is what this folder writes. Throws a
 * PixelError for anything else, and for a truncated one.
 */
export function readCodestream(bytes: Uint8Array): Codestream {
  const view = viewOf(bytes);
  try {
    const segments = readSegments(view);
    const last = segments.at(-1);
    const tileParts = readTileParts(view, last ? last.offset + last.byteLength : 2);
    return { ...readSiz(view), ...readCod(view, segments), segments, tileParts };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PixelError(`codestream ends within a marker segment at ${bytes.length} bytes`, {
      cause: error,
    });
  }
}

function readSegments(view: DataView): Segment[] {
  expectMarker(view, 0, JPEG_2000_MARKER.SOC, "SOC");
  expectMarker(view, 2, JPEG_2000_MARKER.SIZ, "SIZ");
  const segments: Segment[] = [];
  for (let offset = 2; view.getUint16(offset) !== JPEG_2000_MARKER.SOT;) {
    const segment = { marker: view.getUint16(offset), offset, byteLength: 2 + view.getUint16(offset + 2) };
    segments.push(segment);
    offset += segment.byteLength;
  }
  return segments;
}

function readTileParts(view: DataView, start: number): TilePart[] {
  const tileParts: TilePart[] = [];
  let offset = start;
  while (view.getUint16(offset) === JPEG_2000_MARKER.SOT) {
    const byteLength = view.getUint32(offset + 6);
    if (byteLength < TILE_PART_HEADER_BYTE_LENGTH || offset + byteLength + 2 > view.byteLength) {
      throw new PixelError(
        `tile-part of ${byteLength} bytes at ${offset} does not fit the ${view.byteLength} bytes found`,
      );
    }
    tileParts.push({ offset, byteLength });
    offset += byteLength;
  }
  expectMarker(view, offset, JPEG_2000_MARKER.EOC, "EOC");
  return tileParts;
}

function readSiz(view: DataView) {
  const componentCount = view.getUint16(SIZ.componentCount);
  const first = readComponent(view, 0);
  for (let component = 1; component < componentCount; component++) {
    if (readComponent(view, component) !== first) {
      throw new PixelError(`component ${component} of the codestream differs from the first`);
    }
  }
  const ssiz = view.getUint8(SIZ.components);
  return {
    width: view.getUint32(SIZ.width),
    height: view.getUint32(SIZ.height),
    componentCount,
    bitsPerSample: (ssiz & ~SSIZ_SIGNED) + 1,
    isSigned: (ssiz & SSIZ_SIGNED) !== 0,
  };
}

/** Ssiz, XRsiz and YRsiz as one number. */
function readComponent(view: DataView, component: number): number {
  const offset = SIZ.components + component * COMPONENT_BYTE_LENGTH;
  return (view.getUint8(offset) << 16) | view.getUint16(offset + 1);
}

/** SGcod's last byte is the component transform, SPcod's first the decompositions (A.6.1). */
function readCod(view: DataView, segments: readonly Segment[]) {
  const cod = segments.find(({ marker }) => marker === JPEG_2000_MARKER.COD);
  if (cod === undefined) throw new PixelError("codestream has no COD marker segment");
  return {
    isUsingColorTransform: view.getUint8(cod.offset + 8) !== 0,
    decompositions: view.getUint8(cod.offset + 9),
  };
}

function expectMarker(view: DataView, offset: number, marker: number, name: string): void {
  const found = view.getUint16(offset);
  if (found !== marker) {
    throw new PixelError(`expected marker ${name} at ${offset}, got 0x${found.toString(16)}`);
  }
}
