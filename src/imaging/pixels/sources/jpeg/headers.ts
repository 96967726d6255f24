import { JPEG_MARKER } from "../../markers.ts";
import { PixelError } from "../../pixel-error.ts";
import { buildHuffmanTable, type HuffmanTable } from "./huffman.ts";

export interface Component {
  readonly id: number;
  /** Samples of this component in an interleaving unit, across and down. */
  readonly across: number;
  readonly down: number;
  readonly quantisationTable: number;
}

/** SOF (B.2.2). */
export interface Frame {
  readonly isLossless: boolean;
  readonly bitsPerSample: number;
  readonly height: number;
  readonly width: number;
  readonly components: readonly Component[];
}

/** SOS (B.2.3). */
export interface Scan {
  readonly components: readonly {
    readonly index: number;
    readonly dcTable: number;
    readonly acTable: number;
  }[];
  /** Lossless: the predictor, 1 to 7. */
  readonly predictor: number;
  /** Lossless: the point transform. */
  readonly shift: number;
}

/** Values that the segments before a scan set. */
export interface Tables {
  readonly quantisation: (Uint16Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  /** Interleaving units between restart markers, 0 for none. */
  restartInterval: number;
  /** The transform of Adobe's APP14: 0 for none, 1 for YCbCr; undefined without APP14. */
  adobeTransform: number | undefined;
}

export const newTables = (): Tables => ({
  quantisation: [],
  dc: [],
  ac: [],
  restartInterval: 0,
  adobeTransform: undefined,
});

/** Index in natural order of the n-th coefficient (figure A.6). */
export const ZIGZAG = Uint8Array.from(
  (
    "0 1 8 16 9 2 3 10 17 24 32 25 18 11 4 5 12 19 26 33 40 48 41 34 27 20 13 6 7 14 21 28 " +
    "35 42 49 56 57 50 43 36 29 22 15 23 30 37 44 51 58 59 52 45 38 31 39 46 53 60 61 54 47 55 62 63"
  ).split(" "),
  Number,
);

/** Reads a segment that sets tables, given without marker and length; ignores others. */
export function readTables(marker: number, segment: DataView, tables: Tables): void {
  if (marker === JPEG_MARKER.DQT) readQuantisation(segment, tables);
  if (marker === JPEG_MARKER.DHT) readHuffman(segment, tables);
  if (marker === JPEG_MARKER.DRI) tables.restartInterval = segment.getUint16(0);
  const isAdobe =
    marker === JPEG_MARKER.APP14 && segment.byteLength >= 12 && segment.getUint32(0) === 0x41646f62;
  if (isAdobe) tables.adobeTransform = segment.getUint8(11);
}

function readQuantisation(segment: DataView, tables: Tables): void {
  for (let offset = 0; offset < segment.byteLength;) {
    const first = segment.getUint8(offset++);
    const isWide = first >> 4 !== 0;
    const table = new Uint16Array(64);
    for (const index of ZIGZAG) {
      table[index] = isWide ? segment.getUint16(offset) : segment.getUint8(offset);
      offset += isWide ? 2 : 1;
    }
    tables.quantisation[first & 15] = table;
  }
}

function readHuffman(segment: DataView, tables: Tables): void {
  for (let offset = 0; offset < segment.byteLength;) {
    const first = segment.getUint8(offset++);
    const counts = bytesOf(segment, offset, 16);
    offset += 16;
    const valueCount = counts.reduce((sum, count) => sum + count, 0);
    const table = buildHuffmanTable(counts, bytesOf(segment, offset, valueCount));
    offset += valueCount;
    (first >> 4 === 0 ? tables.dc : tables.ac)[first & 15] = table;
  }
}

const bytesOf = (view: DataView, offset: number, byteLength: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + offset, byteLength);

export function readFrame(marker: number, segment: DataView): Frame {
  const componentCount = segment.getUint8(5);
  const components = Array.from({ length: componentCount }, (_, index) => {
    const offset = 6 + index * 3;
    const sampling = segment.getUint8(offset + 1);
    const [across, down] = [sampling >> 4, sampling & 15];
    if (across < 1 || across > 4 || down < 1 || down > 4) {
      throw new PixelError(`JPEG: sampling factors ${across}x${down} are not allowed`);
    }
    return { id: segment.getUint8(offset), across, down, quantisationTable: segment.getUint8(offset + 2) };
  });
  return {
    isLossless: marker === JPEG_MARKER.SOF3,
    bitsPerSample: segment.getUint8(0),
    height: segment.getUint16(1),
    width: segment.getUint16(3),
    components,
  };
}

export function readScan(segment: DataView, frame: Frame): Scan {
  const count = segment.getUint8(0);
  const components = Array.from({ length: count }, (_, at) => {
    const id = segment.getUint8(1 + at * 2);
    const index = frame.components.findIndex((component) => component.id === id);
    if (index < 0) throw new PixelError(`JPEG: a scan has component ${id}, which is not in the frame`);
    const tables = segment.getUint8(2 + at * 2);
    return { index, dcTable: tables >> 4, acTable: tables & 15 };
  });
  const end = 1 + count * 2;
  return { components, predictor: segment.getUint8(end), shift: segment.getUint8(end + 2) & 15 };
}
