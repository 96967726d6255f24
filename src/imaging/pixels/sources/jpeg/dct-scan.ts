import { PixelError } from "../../pixel-error.ts";
import type { Component, Frame, Scan, Tables } from "./headers.ts";
import { ZIGZAG } from "./headers.ts";
import type { BitReader, HuffmanTable } from "./huffman.ts";
import { inverseDct } from "./idct.ts";

/** The samples of one component, including those that fill the last blocks. */
export interface Plane {
  /** Significant samples; fewer than the frame has if the component is subsampled. */
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly samples: Uint8Array | Uint16Array;
}

/** State for decoding a component's blocks. */
interface BlockDecoder {
  readonly component: Component;
  readonly plane: Plane;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  readonly quantisation: Uint16Array;
  prediction: number;
}

export function newPlane(frame: Frame, { across, down }: Component): Plane {
  const [widest, tallest] = largestSampling(frame);
  const unitsAcross = Math.ceil(frame.width / (8 * widest));
  const unitsDown = Math.ceil(frame.height / (8 * tallest));
  const stride = unitsAcross * across * 8;
  const length = stride * unitsDown * down * 8;
  return {
    width: Math.ceil((frame.width * across) / widest),
    height: Math.ceil((frame.height * down) / tallest),
    stride,
    samples: frame.bitsPerSample === 8 ? new Uint8Array(length) : new Uint16Array(length),
  };
}

export function largestSampling({ components }: Frame): readonly [across: number, down: number] {
  return [
    Math.max(...components.map(({ across }) => across)),
    Math.max(...components.map(({ down }) => down)),
  ];
}

/** Decodes a sequential DCT scan (ITU-T T.81 F.2) into the planes of its components. */
export function decodeDctScan(
  frame: Frame,
  scan: Scan,
  tables: Tables,
  planes: readonly Plane[],
  reader: BitReader,
): void {
  const decoders = scan.components.map((component) => blockDecoder(frame, component, tables, planes));
  const [only] = decoders;
  const isInterleaved = decoders.length > 1 || only === undefined;
  const [widest, tallest] = largestSampling(frame);
  // A scan of one component has only the blocks with its samples (A.2.2).
  const unitsAcross = Math.ceil(isInterleaved ? frame.width / (8 * widest) : only.plane.width / 8);
  const unitsDown = Math.ceil(isInterleaved ? frame.height / (8 * tallest) : only.plane.height / 8);
  const unitCount = unitsAcross * unitsDown;
  const coefficients = new Int32Array(64);
  for (let unit = 0; unit < unitCount; unit++) {
    if (tables.restartInterval > 0 && unit > 0 && unit % tables.restartInterval === 0) {
      reader.restart((unit / tables.restartInterval - 1) % 8);
      for (const decoder of decoders) decoder.prediction = 0;
    }
    const column = unit % unitsAcross;
    const row = (unit - column) / unitsAcross;
    for (const decoder of decoders) {
      const across = isInterleaved ? decoder.component.across : 1;
      const down = isInterleaved ? decoder.component.down : 1;
      for (let block = 0; block < across * down; block++) {
        const x = column * across + (block % across);
        const y = row * down + Math.floor(block / across);
        decodeBlock(decoder, reader, coefficients);
        const { samples, stride } = decoder.plane;
        inverseDct(coefficients, samples, y * 8 * stride + x * 8, stride, frame.bitsPerSample);
      }
    }
  }
}

function blockDecoder(
  frame: Frame,
  { index, dcTable, acTable }: Scan["components"][number],
  tables: Tables,
  planes: readonly Plane[],
): BlockDecoder {
  const component = frame.components[index];
  const plane = planes[index];
  const dc = tables.dc[dcTable];
  const ac = tables.ac[acTable];
  const quantisation = component && tables.quantisation[component.quantisationTable];
  if (!component || !plane || !dc || !ac || !quantisation) {
    throw new PixelError("JPEG: a scan precedes the tables that it needs");
  }
  return { component, plane, dc, ac, quantisation, prediction: 0 };
}

/** Decodes into dequantised coefficients in natural order. */
function decodeBlock(decoder: BlockDecoder, reader: BitReader, coefficients: Int32Array): void {
  const { dc, ac, quantisation } = decoder;
  coefficients.fill(0);
  const size = reader.decode(dc);
  if (size > 15) throw new PixelError(`JPEG: a DC difference has ${size} bits, at most 15 are allowed`);
  decoder.prediction += reader.readDifference(size);
  coefficients[0] = decoder.prediction * (quantisation[0] ?? 0);
  for (let at = 1; at < 64; at++) {
    const runAndSize = reader.decode(ac);
    const bits = runAndSize & 15;
    const run = runAndSize >> 4;
    if (bits === 0) {
      if (run !== 15) return;
      at += 15;
      continue;
    }
    at += run;
    if (at > 63) throw new PixelError("JPEG: a block has more than 64 coefficients");
    const index = ZIGZAG[at] ?? 0;
    coefficients[index] = reader.readDifference(bits) * (quantisation[index] ?? 0);
  }
}
