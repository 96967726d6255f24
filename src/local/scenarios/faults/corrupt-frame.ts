import { copyOf } from "../../../api/http-body.ts";
import { readCodestream, TILE_PART_HEADER_BYTE_LENGTH } from "../../../imaging/pixels/htj2k/codestream.ts";
import { inContainer, type FrameContainer } from "../../../imaging/pixels/htj2k/frame-container.ts";
import { findCodestream } from "../../../imaging/pixels/htj2k/jph.ts";
import { bendingBytes, type Fault, type FaultedCall } from "./effect.ts";

interface Options {
  readonly how: "flipBits" | "dropMarker" | "zeroFill" | "otherFrame";
  /** The number of flipped bits. */
  readonly n?: number;
  readonly marker?: keyof typeof MARKERS;
}

/** ISO/IEC 15444-1 table A.2 and ISO/IEC 15444-15: the markers in the main header of an HTJ2K frame. */
const MARKERS = { SOC: 0x4f, SIZ: 0x51, CAP: 0x50, COD: 0x52, QCD: 0x5c, TLM: 0x55, EOC: 0xd9 } as const;
const SOC_BYTES = 2;
const SOT = 0x90;

export const corruptFrame: Fault<Options> = {
  name: "corruptFrame",
  operations: ["GetImageFrame"],
  schema: {
    description:
      "the frame differs from the stored one: flipBits flips n bits of its coded data (default 16), dropMarker removes a marker (default SIZ), zeroFill sets its coded data to zero, otherFrame sends the image set's next frame",
    type: "object",
    properties: {
      how: { type: "string", enum: ["flipBits", "dropMarker", "zeroFill", "otherFrame"] },
      n: { type: "integer", minimum: 1, maximum: 100_000 },
      marker: { type: "string", enum: Object.keys(MARKERS) },
    },
    required: ["how"],
    additionalProperties: false,
  },
  check: ({ how, n, marker }) => {
    if (n !== undefined && how !== "flipBits") return "n needs how: flipBits";
    return marker !== undefined && how !== "dropMarker" ? "marker needs how: dropMarker" : undefined;
  },
  create: (options) =>
    // Without a marker the headers may be unreadable.
    bendingBytes(options.how === "dropMarker" ? "form" : "content", async (frame, call) => ({
      body: (await corrupt(frame, options, call)) ?? frame,
    })),
};

/** The boxes of a JPH file stay unchanged: the last one extends to the end of the file. */
async function corrupt(frame: Buffer, { how, n = 16, marker = "SIZ" }: Options, call: FaultedCall) {
  const { start } = findCodestream(frame);
  const codestream = frame.subarray(start);
  switch (how) {
    case "flipBits":
      flipBits(codestream, n, call);
      return frame;
    case "zeroFill":
      for (const range of codedData(codestream)) codestream.fill(0, range.start, range.end);
      return frame;
    case "dropMarker":
      return Buffer.concat([frame.subarray(0, start), dropMarker(codestream, MARKERS[marker])]);
    case "otherFrame":
      return otherFrame(call, start === 0 ? "codestream" : "jph");
  }
}

async function otherFrame(call: FaultedCall, container: FrameContainer): Promise<Buffer | undefined> {
  const stored = await call.otherFrame();
  return stored && copyOf(inContainer(stored, container));
}

/** The bytes between the headers: damage there leaves a readable codestream. */
const codedData = (codestream: Uint8Array): { start: number; end: number }[] =>
  readCodestream(codestream).tileParts.map(({ offset, byteLength }) => ({
    start: offset + TILE_PART_HEADER_BYTE_LENGTH,
    end: offset + byteLength,
  }));

/** Each at a different position, so that none is flipped back. */
function flipBits(codestream: Buffer, count: number, { draw }: FaultedCall): void {
  const ranges = codedData(codestream);
  const bits = ranges.reduce((sum, { start, end }) => sum + (end - start) * 8, 0);
  const chosen = new Set<number>();
  for (let index = 0; chosen.size < Math.min(count, bits); index++) {
    chosen.add(Math.floor(draw(`bit ${index}`) * bits));
  }
  for (const bit of chosen) flip(codestream, ranges, bit);
}

/** @param bit index across all ranges */
function flip(codestream: Buffer, ranges: readonly { start: number; end: number }[], bit: number): void {
  let left = bit >> 3;
  for (const { start, end } of ranges) {
    if (left < end - start) {
      codestream.writeUInt8(codestream.readUInt8(start + left) ^ (1 << (bit & 7)), start + left);
      return;
    }
    left -= end - start;
  }
}

/** SOC and EOC have no segment; the other markers begin a segment that has a length. */
function dropMarker(codestream: Buffer, marker: number): Buffer {
  if (marker === MARKERS.SOC) return codestream.subarray(2);
  if (marker === MARKERS.EOC) return codestream.subarray(0, -2);
  for (let offset = SOC_BYTES; offset + 4 <= codestream.length && codestream[offset + 1] !== SOT;) {
    const end = offset + 2 + codestream.readUInt16BE(offset + 2);
    if (codestream[offset + 1] === marker)
      return Buffer.concat([codestream.subarray(0, offset), codestream.subarray(end)]);
    offset = end;
  }
  return codestream;
}
