import { PixelError } from "../../pixel-error.ts";
import type { Frame, Scan, Tables } from "./headers.ts";
import type { BitReader, HuffmanTable } from "./huffman.ts";

/**
 * Decodes a lossless scan (ITU-T T.81 Annex H) into `samples`, interleaved by pixel over all components of
 * the frame. The components are not subsampled: the caller has checked that.
 */
export function decodeLosslessScan(
  frame: Frame,
  scan: Scan,
  tables: Tables,
  samples: Uint16Array | Uint8Array,
  reader: BitReader,
): void {
  const { predictor, shift } = scan;
  const { width, height, bitsPerSample } = frame;
  if (predictor < 1 || predictor > 7)
    throw new PixelError(`JPEG: predictor ${predictor} is not supported, expected 1 to 7`);
  if (shift >= bitsPerSample)
    throw new PixelError(
      `JPEG: a point transform of ${shift} bits does not fit samples of ${bitsPerSample} bits`,
    );
  const decoders = scan.components.map(({ index, dcTable }) => {
    const table = tables.dc[dcTable];
    if (!table) throw new PixelError("JPEG: a scan precedes the tables that it needs");
    return { index, table };
  });
  const rowsBetweenRestarts = tables.restartInterval / width;
  if (!Number.isInteger(rowsBetweenRestarts)) {
    throw new PixelError(`JPEG: restart interval ${tables.restartInterval} does not fit rows of ${width}`);
  }
  const middle = 1 << (bitsPerSample - shift - 1);
  const stride = width * frame.components.length;
  // Predictions use samples before the point transform; `samples` has those until the end.
  for (let y = 0; y < height; y++) {
    const isRestart = rowsBetweenRestarts > 0 && y > 0 && y % rowsBetweenRestarts === 0;
    if (isRestart) reader.restart((y / rowsBetweenRestarts - 1) % 8);
    const isFirst = y === 0 || isRestart;
    decodeRow(
      y * stride,
      stride,
      frame.components.length,
      decoders,
      isFirst ? 0 : predictor,
      middle,
      samples,
      reader,
    );
  }
  if (shift > 0) for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] ?? 0) << shift;
}

/** @param predictor 0 for a first row, whose samples are predicted only from the left (H.1.2.1) */
function decodeRow(
  from: number,
  stride: number,
  step: number,
  decoders: readonly { readonly index: number; readonly table: HuffmanTable }[],
  predictor: number,
  middle: number,
  samples: Uint16Array | Uint8Array,
  reader: BitReader,
): void {
  for (let at = from; at < from + stride; at += step) {
    for (const { index, table } of decoders) {
      const i = at + index;
      const left = at === from ? 0 : (samples[i - step] ?? 0);
      const above = predictor === 0 ? 0 : (samples[i - stride] ?? 0);
      const prediction =
        at === from
          ? predictor === 0
            ? middle
            : above
          : predict(predictor, left, above, predictor === 0 ? 0 : (samples[i - stride - step] ?? 0));
      samples[i] = prediction + difference(reader, table);
    }
  }
}

/** Table H.1. All arithmetic is modulo 2^16, by the type of the array. */
function predict(predictor: number, left: number, above: number, corner: number): number {
  switch (predictor) {
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    case 7:
      return (left + above) >> 1;
    default:
      return left;
  }
}

function difference(reader: BitReader, table: HuffmanTable): number {
  const size = reader.decode(table);
  if (size > 16) throw new PixelError(`JPEG: a difference has ${size} bits, at most 16 are allowed`);
  // Category 16 has no extra bits: it stands for one difference (H.1.2.2).
  return size === 16 ? 32_768 : reader.readDifference(size);
}
