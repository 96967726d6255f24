import type { DecodedImage } from "./decoded-image.ts";
import type { FrameShape } from "../frame-shape.ts";
import { RLE_HEADER_BYTE_LENGTH } from "../markers.ts";
import { PixelError } from "../pixel-error.ts";
import { viewSamples } from "../samples.ts";

/**
 * Decodes a frame of RLE Lossless (DICOM PS3.5 Annex G). A segment has one byte of each sample of one
 * component, the most significant bytes first.
 */
export function decodeRle(bytes: Uint8Array, shape: FrameShape): DecodedImage {
  const { rows, columns, samplesPerPixel, bitsAllocated } = shape;
  const bytesPerSample = bitsAllocated / 8;
  const segments = readSegments(bytes, samplesPerPixel * bytesPerSample);
  const pixelCount = rows * columns;
  // A pair of bytes produces at most 128.
  if (bytes.length * 64 < pixelCount) {
    throw new PixelError(`RLE: ${bytes.length} bytes cannot hold ${columns}x${rows} pixels`);
  }
  const step = samplesPerPixel * bytesPerSample;
  const output = new Uint8Array(pixelCount * step);
  segments.forEach((segment, index) => {
    const component = Math.floor(index / bytesPerSample);
    const significance = bytesPerSample - 1 - (index % bytesPerSample);
    decodeSegment(segment, output, component * bytesPerSample + significance, step);
  });
  return {
    width: columns,
    height: rows,
    componentCount: samplesPerPixel,
    bitsPerSample: bitsAllocated,
    isSigned: shape.isSigned,
    isLossy: false,
    samples: viewSamples(output, bitsAllocated, shape.isSigned),
  };
}

function readSegments(bytes: Uint8Array, wanted: number): Uint8Array[] {
  if (bytes.length < RLE_HEADER_BYTE_LENGTH)
    throw new PixelError(`RLE: ${bytes.length} bytes have no header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, RLE_HEADER_BYTE_LENGTH);
  const count = view.getUint32(0, true);
  if (count !== wanted) throw new PixelError(`RLE: expected ${wanted} segments, got ${count}`);
  const offsets = Array.from({ length: count }, (_, index) => view.getUint32(4 + index * 4, true));
  return offsets.map((offset, index) => {
    const end = offsets[index + 1] ?? bytes.length;
    if (offset < RLE_HEADER_BYTE_LENGTH || end < offset || end > bytes.length) {
      throw new PixelError(
        `RLE: segment ${index} from ${offset} to ${end} does not fit the frame of ${bytes.length} bytes`,
      );
    }
    return bytes.subarray(offset, end);
  });
}

/**
 * Decodes into each `step`-th byte of `output` (G.3.2). After the last byte may follow one that makes the
 * segment even, or zeros; more would be pixels that the attributes do not describe.
 */
function decodeSegment(segment: Uint8Array, output: Uint8Array, start: number, step: number): void {
  let to = start;
  for (let at = 0; to < output.length;) {
    const control = segment[at++];
    if (control === undefined) {
      throw new PixelError(
        `RLE: a segment ends after ${(to - start) / step} of ${output.length / step} bytes`,
      );
    }
    if (control === 128) continue;
    const isRun = control > 128;
    const length = isRun ? 257 - control : control + 1;
    if (at + (isRun ? 1 : length) > segment.length) throw new PixelError("RLE: a segment ends within a run");
    const end = to + length * step;
    if (end - step >= output.length) throw tooLong(output.length / step);
    for (let from = at; to < end; to += step) output[to] = segment[isRun ? at : from++] ?? 0;
    at += isRun ? 1 : length;
    if (to >= output.length && !isPadding(segment.subarray(at))) throw tooLong(output.length / step);
  }
}

const isPadding = (rest: Uint8Array): boolean => rest.length <= 1 || rest.every((byte) => byte === 0);

const tooLong = (expected: number): PixelError =>
  new PixelError(`RLE: expected a segment of ${expected} bytes, got more`);
