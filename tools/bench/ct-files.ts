import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";

/** Stored bits of the samples: signed, 12 of 16. */
export const BITS_STORED = 12;

const ROOT = Buffer.from("2.25.291834617234511289.1.1.1");
/** Digits of the SOP instance UID that are those of the study's and series' no more. */
const VARIED = ROOT.indexOf("1289.");
const ROWS = Buffer.from([0x28, 0, 0x10, 0]);
const COLUMNS = Buffer.from([0x28, 0, 0x11, 0]);
const PIXEL_DATA = Buffer.from([0xe0, 0x7f, 0x10, 0, 0x4f, 0x57]);
const PHANTOM_SIDE = 256;

/**
 * Files of one CT series that differ in their SOP instances only, without end.
 * @param side of the frames in pixels: 256 or a multiple
 */
export function createCtFiles(side: number): { frame: Int16Array; file: (index: number) => Uint8Array } {
  const [{ bytes: series } = { bytes: new Uint8Array() }] = createSampleSeries(1);
  const start = Buffer.from(series).indexOf(PIXEL_DATA) + 12;
  const frame = enlarge(new Int16Array(Uint8Array.from(series.subarray(start)).buffer), side);
  const whole = Buffer.concat([series.subarray(0, start), new Uint8Array(frame.buffer)]);
  whole.writeUInt16LE(side, whole.indexOf(ROWS) + 8);
  whole.writeUInt16LE(side, whole.indexOf(COLUMNS) + 8);
  whole.writeUInt32LE(frame.byteLength, start - 4);
  const file = (index: number): Uint8Array => {
    const bytes = Buffer.from(whole);
    for (let at = bytes.indexOf(ROOT); at >= 0; at = bytes.indexOf(ROOT, at + 1))
      bytes.write(String(1_000 + index), at + VARIED);
    return bytes;
  };
  return { frame, file };
}

/** With the noise that a scanner's frame has: it is most of what an encoder works at. */
function enlarge(series: Int16Array, side: number): Int16Array {
  const factor = side / PHANTOM_SIDE;
  let noise = 1;
  return Int16Array.from({ length: side * side }, (_, at) => {
    const row = Math.floor(at / side / factor);
    const column = Math.floor((at % side) / factor);
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (series[row * PHANTOM_SIDE + column] ?? 0) + (noise >>> 27);
  });
}
