import { Buffer } from "node:buffer";
import { joinBytes, viewOf } from "../bytes.ts";
import {
  type Codestream,
  COMPONENT_BYTE_LENGTH,
  readCodestream,
  SIZ,
  TILE_PART_HEADER_BYTE_LENGTH,
} from "./codestream.ts";
import { JPEG_2000_MARKER } from "../markers.ts";
import { PixelError } from "../pixel-error.ts";

/** A resolution of up to this many pixels a side is one precinct (ISO/IEC 15444-1 B.6, PPx 15). */
const PRECINCT_SIDE = 32_768;

interface Component extends Codestream {
  readonly bytes: Uint8Array;
}

/**
 * Merges codestreams of single components, which differ only in their samples. In RPCL order a resolution's
 * packets follow one another by component, so each tile-part of the result consists of the components'
 * tile-parts (ISO/IEC 15444-1 B.12.1.3). This holds if each resolution is one precinct, which is checked.
 * There is no colour transform.
 */
export function mergeCodestreams(codestreams: readonly Uint8Array[]): Uint8Array {
  const components = codestreams.map((bytes) => ({ ...readCodestream(bytes), bytes }));
  const [first] = components;
  if (first === undefined) throw new PixelError("expected a codestream for each component, got none");
  checkOnePrecinct(first);
  for (const component of components) checkAlike(first, component);
  const bodies = first.tileParts.map((_, index) => components.map((component) => body(component, index)));
  const lengths = bodies.map((parts) =>
    parts.reduce((sum, part) => sum + part.length, TILE_PART_HEADER_BYTE_LENGTH),
  );
  const tileParts = first.tileParts.flatMap(({ offset }, index) => [
    tilePartHeader(first.bytes, offset, lengths[index] ?? 0),
    ...(bodies[index] ?? []),
  ]);
  const eoc = first.bytes.subarray(-2);
  return joinBytes([mainHeader(first, components.length, lengths), ...tileParts, eoc]);
}

function checkOnePrecinct({ width, height }: Codestream): void {
  if (Math.max(width, height) > PRECINCT_SIDE) {
    throw new PixelError(
      `${width}x${height} with 3 samples of more than 8 bits is not supported, ` +
        `expected up to ${PRECINCT_SIDE} pixels a side`,
    );
  }
}

/** Except for comments and lengths the headers must be equal: one header is used for all. */
function checkAlike(first: Component, other: Component): void {
  const isAlike = Buffer.compare(sharedSegments(first), sharedSegments(other)) === 0;
  if (!isAlike || first.tileParts.length !== other.tileParts.length) {
    throw new PixelError("the components were encoded with different parameters");
  }
}

function sharedSegments({ segments, bytes }: Component): Uint8Array {
  const shared = segments.filter(
    ({ marker }) => marker !== JPEG_2000_MARKER.TLM && marker !== JPEG_2000_MARKER.COM,
  );
  return joinBytes(shared.map(({ offset, byteLength }) => bytes.subarray(offset, offset + byteLength)));
}

function body({ bytes, tileParts }: Component, index: number): Uint8Array {
  const { offset, byteLength } = tileParts[index] ?? { offset: 0, byteLength: 0 };
  const start = offset + TILE_PART_HEADER_BYTE_LENGTH;
  const sod = ((bytes[start - 2] ?? 0) << 8) | (bytes[start - 1] ?? 0);
  if (sod !== JPEG_2000_MARKER.SOD) {
    throw new PixelError(`expected marker SOD at ${start - 2}, got 0x${sod.toString(16)}`);
  }
  return bytes.subarray(start, offset + byteLength);
}

function tilePartHeader(bytes: Uint8Array, offset: number, byteLength: number): Uint8Array {
  const header = bytes.slice(offset, offset + TILE_PART_HEADER_BYTE_LENGTH);
  viewOf(header).setUint32(6, byteLength);
  return header;
}

function mainHeader(first: Component, componentCount: number, lengths: readonly number[]): Uint8Array {
  const segments = first.segments.map(({ marker, offset, byteLength }) => {
    const segment = first.bytes.subarray(offset, offset + byteLength);
    if (marker === JPEG_2000_MARKER.SIZ) return sizSegment(segment, componentCount);
    return marker === JPEG_2000_MARKER.TLM ? tlmSegment(lengths) : segment;
  });
  return joinBytes([first.bytes.subarray(0, 2), ...segments]);
}

/** SIZ of one component, its description repeated. The segment begins at its marker. */
function sizSegment(segment: Uint8Array, componentCount: number): Uint8Array {
  const component = segment.subarray(-COMPONENT_BYTE_LENGTH);
  const added = Array.from({ length: componentCount - 1 }, () => component);
  const siz = joinBytes([segment, ...added]);
  const view = viewOf(siz);
  view.setUint16(SIZ.byteLength - 2, siz.length - 2);
  view.setUint16(SIZ.componentCount - 2, componentCount);
  return siz;
}

/** TLM with a 16-bit tile index and a 32-bit length for each tile-part (A.7.1). */
function tlmSegment(lengths: readonly number[]): Uint8Array {
  const tlm = new DataView(new ArrayBuffer(6 + 6 * lengths.length));
  tlm.setUint16(0, JPEG_2000_MARKER.TLM);
  tlm.setUint16(2, tlm.byteLength - 2);
  tlm.setUint16(4, 0x0060);
  lengths.forEach((byteLength, index) => tlm.setUint32(6 + 6 * index + 2, byteLength));
  return new Uint8Array(tlm.buffer);
}
