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

/** One instance of many frames, each with noise of its own. */
export function createFrames(side: number, count: number): Uint8Array {
  const { frame, file } = createCtFiles(side);
  const whole = Buffer.from(file(0));
  const [rows, pixels] = [whole.indexOf(ROWS), whole.indexOf(PIXEL_DATA)];
  const digits = String(count).padEnd(4);
  const numberOfFrames = Buffer.from([0x28, 0, 0x08, 0, 0x49, 0x53, digits.length, 0]);
  const header = Buffer.from(whole.subarray(pixels, pixels + 12));
  header.writeUInt32LE(count * frame.byteLength, 8);
  const frames = Array.from({ length: count }, (_, index) => frame.map((sample) => sample ^ (index & 7)));
  return Buffer.concat([
    whole.subarray(0, rows),
    numberOfFrames,
    Buffer.from(digits),
    whole.subarray(rows, pixels),
    header,
    ...frames.map(({ buffer }) => new Uint8Array(buffer)),
  ]);
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
