import { checkExpectedSize, type DecodedImage, type ExpectedImage } from "../decoded-image.ts";
import { FILL_BYTES, JPEG_MARKER } from "../../markers.ts";
import { PixelError } from "../../pixel-error.ts";
import { decodeDctScan, largestSampling, newPlane, type Plane } from "./dct-scan.ts";
import { type Frame, newTables, readFrame, readScan, readTables, type Tables } from "./headers.ts";
import { BitReader } from "./huffman.ts";
import { decodeLosslessScan } from "./lossless-scan.ts";
import { upsample } from "./upsample.ts";

export interface DecodedJpeg extends DecodedImage {
  /** The colour transform by Adobe's marker: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobeTransform: number | undefined;
}

/** An incomplete frame: the samples of its components, decoded scan by scan. */
interface Progress {
  readonly frame: Frame;
  /** The frame header does not state the height. */
  readonly isHeightOpen: boolean;
  /** Samples of a DCT process. */
  readonly planes: readonly Plane[];
  /** Samples of the lossless process, interleaved. */
  readonly samples: Uint8Array | Uint16Array;
  readonly missing: Set<number>;
}

/**
 * Decodes one frame of JPEG (ITU-T T.81): processes 1, 2 and 4 (sequential DCT of 8 and 12 bits) and 14
 * (lossless), with Huffman coding. The components keep their encoded colours. Throws a PixelError if the data
 * is incomplete, not JPEG, or not of the expected size.
 */
export function decodeJpeg(bytes: Uint8Array, expected: ExpectedImage): DecodedJpeg {
  try {
    return decode(bytes, expected);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PixelError("JPEG: a marker segment is truncated", { cause: error });
  }
}

function decode(bytes: Uint8Array, expected: ExpectedImage): DecodedJpeg {
  const tables = newTables();
  let progress: Progress | undefined;
  for (let position = findMarker(bytes, 0, JPEG_MARKER.SOI) + 2; ;) {
    if (progress?.missing.size === 0) return finish(progress, tables);
    const marker = markerAt(bytes, position);
    if (marker === FILL_BYTES) {
      position++;
      continue;
    }
    if (marker === JPEG_MARKER.EOI) throw new PixelError("JPEG: the frame ends before its last component");
    const view = new DataView(bytes.buffer, bytes.byteOffset + position + 2, bytes.length - position - 2);
    const byteLength = view.getUint16(0);
    if (byteLength < 2)
      throw new PixelError(`JPEG: expected a segment of 2 or more bytes at ${position}, got ${byteLength}`);
    const segment = new DataView(view.buffer, view.byteOffset + 2, byteLength - 2);
    if (segment.byteOffset + segment.byteLength > bytes.byteOffset + bytes.length)
      throw new RangeError("beyond the frame");
    position += 2 + byteLength;
    if (isStartOfFrame(marker)) progress = begin(marker, segment, expected, bytes.length);
    else if (marker === JPEG_MARKER.SOS) position = decodeScan(bytes, position, segment, progress, tables);
    else readTables(marker, segment, tables);
  }
}

function findMarker(bytes: Uint8Array, position: number, marker: number): number {
  if (wordAt(bytes, position) === marker) return position;
  throw new PixelError("JPEG: the frame does not begin with marker SOI");
}

function markerAt(bytes: Uint8Array, position: number): number {
  if (position + 2 > bytes.length) {
    throw new PixelError(`JPEG: the frame is truncated at byte ${bytes.length}`);
  }
  if (bytes[position] !== 0xff) throw new PixelError(`JPEG: expected a marker at byte ${position}`);
  return wordAt(bytes, position);
}

const wordAt = (bytes: Uint8Array, position: number): number =>
  ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0);

const NOT_FRAMES: ReadonlySet<number> = new Set([JPEG_MARKER.DHT, JPEG_MARKER.JPG, JPEG_MARKER.DAC]);

/** Codes C0 to CF are frames, except three (table B.1). */
const isStartOfFrame = (marker: number): boolean =>
  marker >= JPEG_MARKER.SOF0 && marker <= JPEG_MARKER.SOF15 && !NOT_FRAMES.has(marker);

function begin(marker: number, segment: DataView, expected: ExpectedImage, byteLength: number): Progress {
  if (marker !== JPEG_MARKER.SOF0 && marker !== JPEG_MARKER.SOF1 && marker !== JPEG_MARKER.SOF3) {
    throw new PixelError(`JPEG: process SOF${marker - JPEG_MARKER.SOF0} is not supported`);
  }
  const read = readFrame(marker, segment);
  // A height of 0 is stated after the scan (B.2.5), or only by the attributes.
  const isHeightOpen = read.height === 0;
  const frame = { ...read, height: isHeightOpen ? expected.rows : read.height };
  checkFrame(frame, expected, byteLength);
  const { isLossless, bitsPerSample, components } = frame;
  const length = isLossless ? frame.width * frame.height * components.length : 0;
  return {
    frame,
    isHeightOpen,
    planes: isLossless ? [] : components.map((component) => newPlane(frame, component)),
    samples: bitsPerSample <= 8 ? new Uint8Array(length) : new Uint16Array(length),
    missing: new Set(components.keys()),
  };
}

function checkFrame(frame: Frame, expected: ExpectedImage, byteLength: number): void {
  const { width, height, components, isLossless, bitsPerSample } = frame;
  checkExpectedSize("JPEG", { width, height, componentCount: components.length }, expected, byteLength);
  const isDepthKnown = isLossless
    ? bitsPerSample >= 2 && bitsPerSample <= 16
    : [8, 12].includes(bitsPerSample);
  if (!isDepthKnown) throw new PixelError(`JPEG: ${bitsPerSample} bits a sample are not supported`);
  if (isLossless && components.some(({ across, down }) => across !== 1 || down !== 1)) {
    throw new PixelError("JPEG: subsampled components are not supported in lossless frames");
  }
  // At least one bit for each sample, or two for each block of 64.
  const leastByteLength = (width * height) / (isLossless ? 8 : 256);
  if (byteLength < leastByteLength) {
    throw new PixelError(`JPEG: ${byteLength} bytes cannot hold ${width}x${height} pixels`);
  }
}

/** The position after the scan's data. */
function decodeScan(
  bytes: Uint8Array,
  position: number,
  segment: DataView,
  progress: Progress | undefined,
  tables: Tables,
): number {
  if (progress === undefined) throw new PixelError("JPEG: a scan precedes the frame header");
  const { frame, planes, samples, missing } = progress;
  const scan = readScan(segment, frame);
  for (const { index } of scan.components) {
    if (!missing.delete(index)) throw new PixelError(`JPEG: component ${index} is coded twice`);
  }
  const reader = new BitReader(bytes, position);
  if (frame.isLossless) decodeLosslessScan(frame, scan, tables, samples, reader);
  else decodeDctScan(frame, scan, tables, planes, reader);
  if (missing.size === 0) checkTail(bytes.subarray(reader.end));
  if (progress.isHeightOpen) checkLineCount(bytes, reader.position, frame);
  return reader.position;
}

/**
 * Zeros are coded data too, so a truncated frame that was filled with them may decode; but the data rarely
 * ends at exactly the right place.
 * Assumed: jpeg-without-end. EOI may be missing, and one zero is a pad byte.
 */
function checkTail(tail: Uint8Array): void {
  if (tail.length < 2 || tail.some((byte) => byte !== 0)) return;
  throw new PixelError(
    `JPEG: expected marker EOI after the coded data, got ${tail.length} bytes of zeros: the frame seems truncated`,
  );
}

/** If the number of lines follows the scan (DNL, B.2.5), it must equal that of the attributes. */
function checkLineCount(bytes: Uint8Array, start: number, { height }: Frame): void {
  let position = start;
  while (position < bytes.length && !isMarkerAt(bytes, position)) position++;
  if (wordAt(bytes, position) !== JPEG_MARKER.DNL) return;
  const found = new DataView(bytes.buffer, bytes.byteOffset + position + 4).getUint16(0);
  if (found !== height) throw new PixelError(`JPEG: expected ${height} lines, got ${found} after the scan`);
}

const isMarkerAt = (bytes: Uint8Array, position: number): boolean => {
  const word = wordAt(bytes, position);
  const isRestart = word >= JPEG_MARKER.RST0 && word <= JPEG_MARKER.RST7;
  return word > 0xff00 && word !== FILL_BYTES && !isRestart;
};

function finish({ frame, planes, samples }: Progress, { adobeTransform }: Tables): DecodedJpeg {
  const { width, height, bitsPerSample, components, isLossless } = frame;
  return {
    width,
    height,
    componentCount: components.length,
    bitsPerSample,
    isSigned: false,
    isLossy: !isLossless,
    samples: isLossless ? samples : interleave(frame, planes),
    adobeTransform,
  };
}

function interleave(frame: Frame, planes: readonly Plane[]): Uint8Array | Uint16Array {
  const { width, height, bitsPerSample, components } = frame;
  const [widest, tallest] = largestSampling(frame);
  const count = planes.length;
  const samples =
    bitsPerSample <= 8 ? new Uint8Array(width * height * count) : new Uint16Array(width * height * count);
  components.forEach(({ across, down }, index) => {
    const plane = planes[index];
    if (!plane) return;
    const full = upsample(plane, width, height, widest / across, tallest / down);
    for (let y = 0, to = index; y < height; y++) {
      const row = y * full.stride;
      for (let x = 0; x < width; x++, to += count) samples[to] = full.samples[row + x] ?? 0;
    }
  });
  return samples;
}
