import { encapsulatedPixelData } from "../../test/dicom/write-dicom.ts";
import { broken, file } from "./broken-file.ts";
import type { CorpusFile } from "./corpus-file.ts";
import { convert, type Tool } from "./encoders.ts";

/** One segment of literal runs: 12 rows of 16 samples (PS3.5 G.3). */
export function rleFrame(): Uint8Array {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(64, 4);
  const rows = Array.from({ length: 12 }, (_, row) => Buffer.from([15, ...Array<number>(16).fill(row * 9)]));
  return new Uint8Array(Buffer.concat([header, ...rows]));
}

/** Frames that no decoder can make whole. */
export function damagedCodestreams(): CorpusFile[] {
  const rle = (name: string, message: string, damage: (frame: Buffer) => Uint8Array): CorpusFile =>
    broken(`rle-${name}`, ["CORRUPT_CODESTREAM", message], () =>
      file({
        transferSyntaxUID: "1.2.840.10008.1.2.5",
        and: [encapsulatedPixelData([damage(Buffer.from(rleFrame()))])],
      }),
    );
  return [
    rle("two-segments", "^RLE: expected 1 segments, got 2", (frame) => patch(frame, 0, 2)),
    rle("segment-outside", "^RLE: segment 0 lies at", (frame) => patch(frame, 5, 0x40)),
    rle("cut", "^RLE: ", (frame) => frame.subarray(0, 150)),
    rle("no-header", "^RLE: ", (frame) => frame.subarray(0, 20)),
    ...COMPRESSED.flatMap(damagedFiles),
  ];
}

const patch = (bytes: Buffer, at: number, value: number): Buffer => {
  bytes[at] = value;
  return bytes;
};

/** How others' codestreams are made, what a message of ours begins with, and the marker of their size. */
const COMPRESSED = [
  ["jpeg-baseline", "dcmcjpeg +eb +un", "^JPEG: ", "ffc0"],
  ["jpeg-lossless", "dcmcjpeg +e1", "^JPEG: ", "ffc3"],
  ["jpeg-ls", "dcmcjpls +el", "^JPEG-LS: ", "fff7"],
  ["j2k", "gdcmconv --j2k -n 3", "^JPEG 2000: ", "ff51"],
] as const;

function damagedFiles([name, command, message, marker]: (typeof COMPRESSED)[number]): CorpusFile[] {
  const [tool, ...args] = command.split(" ") as [Tool, ...string[]];
  const damaged = (what: string, expected: string, damage: (codestream: Buffer) => void): CorpusFile =>
    broken(
      `${name}-${what}`,
      ["CORRUPT_CODESTREAM", expected],
      () => {
        const bytes = Buffer.from(convert(tool, args, file()));
        damage(bytes.subarray(bytes.indexOf(Buffer.from(marker, "hex"))));
        return new Uint8Array(bytes);
      },
      { tool, by: `${command}, damaged by this script` },
    );
  return [
    damaged("half-zeros", message, (codestream) => codestream.fill(0, codestream.length >> 1)),
    damaged("other-size", "expected 16x12x1 samples", (codestream) => {
      // The low byte of the height: behind it in JPEG, of 4 bytes each in JPEG 2000.
      const at = marker === "ff51" ? 13 : 6;
      codestream[at] = (codestream[at] ?? 0) + 3;
    }),
  ];
}
