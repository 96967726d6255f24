import { encapsulatedPixelData } from "../../../test/imaging/dicom/write-dicom.ts";
import { broken, file } from "./broken-file.ts";
import type { CorpusFile } from "../corpus-file.ts";
import { convert, type Tool } from "../encoders.ts";

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
    rle("segment-outside", "^RLE: segment 0 from", (frame) => patch(frame, 5, 0x40)),
    rle("cut", "^RLE: ", (frame) => frame.subarray(0, 150)),
    rle("no-header", "^RLE: ", (frame) => frame.subarray(0, 20)),
    ...COMPRESSED.flatMap(damagedFiles),
  ];
}

const patch = (bytes: Buffer, at: number, value: number): Buffer => {
  bytes[at] = value;
  return bytes;
};

/** How others' codestreams are made, their transfer syntax, and the marker of their size. */
const COMPRESSED = [
  ["jpeg-baseline", "dcmcjpeg +eb +un", "1.2.840.10008.1.2.4.50", "ffc0"],
  ["jpeg-lossless", "dcmcjpeg +e1", "1.2.840.10008.1.2.4.70", "ffc3"],
  ["jpeg-ls", "dcmcjpls +el", "1.2.840.10008.1.2.4.80", "fff7"],
  ["j2k", "gdcmconv --j2k -n 3", "1.2.840.10008.1.2.4.90", "ff51"],
] as const;

function damagedFiles([name, command, transferSyntaxUID, marker]: (typeof COMPRESSED)[number]): CorpusFile[] {
  const [tool, ...args] = command.split(" ") as [Tool, ...string[]];
  const isJpeg2000 = name === "j2k";
  const family = isJpeg2000 ? "JPEG 2000" : name === "jpeg-ls" ? "JPEG-LS" : "JPEG";
  const damaged = (what: string, message: string, damage: (frame: Buffer) => Uint8Array): CorpusFile =>
    broken(
      `${name}-${what}`,
      ["CORRUPT_CODESTREAM", message],
      () => {
        const frame = damage(onlyFragment(convert(tool, args, file())));
        return file({ transferSyntaxUID, and: [encapsulatedPixelData([frame])] });
      },
      { tool, by: `${command}, damaged by this script` },
    );
  return [
    damaged("cut", `^${family}: `, (frame) => frame.subarray(0, (frame.length >> 2) * 2)),
    damaged("other-size", isJpeg2000 ? "^JPEG 2000: expected" : "expected 16x12x1 samples", (frame) => {
      // The low byte of the height: of 2 bytes behind the precision in JPEG, of 4 behind the width in SIZ.
      const at = frame.indexOf(Buffer.from(marker, "hex")) + (isJpeg2000 ? 13 : 6);
      return patch(frame, at, (frame[at] ?? 0) + 3);
    }),
  ];
}

const ITEM_HEADER_LENGTH = 8;

/** Of encapsulated Pixel Data: what lies behind the item of the offset table. */
function onlyFragment(dicom: Uint8Array): Buffer {
  const bytes = Buffer.from(dicom);
  const pixelData = bytes.indexOf(Buffer.from("e07f10004f420000ffffffff", "hex")) + 12;
  const item = pixelData + ITEM_HEADER_LENGTH + bytes.readUInt32LE(pixelData + 4);
  const start = item + ITEM_HEADER_LENGTH;
  return Buffer.from(bytes.subarray(start, start + bytes.readUInt32LE(item + 4)));
}
