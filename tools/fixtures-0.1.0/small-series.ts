import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";

const PHANTOM_SIDE = 256;
const SIDE = 24;
/** The position of the section in the phantom: where lung, body and spine meet. */
const [TOP, LEFT] = [150, 110];
const ROWS = Buffer.from([0x28, 0, 0x10, 0]);
const COLUMNS = Buffer.from([0x28, 0, 0x11, 0]);
const PIXEL_DATA = Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x57]);

/** Slices of the phantom cut to 24x24 samples, so that a fixture stays small. */
export function createSmallSeries(sliceCount: number): { name: string; bytes: Uint8Array }[] {
  return createSampleSeries(sliceCount).map(({ name, bytes }) => ({ name, bytes: cut(Buffer.from(bytes)) }));
}

function cut(slice: Buffer): Uint8Array {
  const start = slice.indexOf(PIXEL_DATA) + 12;
  const rows = Array.from({ length: SIDE }, (_, row) => {
    const at = start + ((TOP + row) * PHANTOM_SIDE + LEFT) * 2;
    return slice.subarray(at, at + SIDE * 2);
  });
  const head = slice.subarray(0, start);
  head.writeUInt16LE(SIDE, head.indexOf(ROWS) + 8);
  head.writeUInt16LE(SIDE, head.indexOf(COLUMNS) + 8);
  head.writeUInt32LE(SIDE * SIDE * 2, start - 4);
  return Buffer.concat([head, ...rows]);
}
