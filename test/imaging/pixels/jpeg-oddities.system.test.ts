import { describe, expect, it } from "vitest";
import { PixelError } from "../../../src/imaging/pixels/pixel-error.ts";
import { checksum, type Samples } from "../../../src/imaging/pixels/samples.ts";
import { SourceDecoders } from "../../../src/imaging/pixels/sources/source-decoders.ts";
import { encapsulatedUid } from "./encapsulated-uid.ts";
import { nativeFile, runDcmtk } from "./foreign-encoders.ts";
import { isInstalled } from "./openjpeg.ts";
import { fill, frameShape } from "./sample-frames.ts";

const decoders = new SourceDecoders();
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

const SHAPE = frameShape({ columns: 67, rows: 33, bitsStored: 8 });
const SAMPLES = fill(SHAPE, "noise");

/** dcmtk's JPEG of the samples, as some other writer might have made it. */
type Rewrite = (jpeg: Buffer) => Buffer;

function decode(options: readonly string[], rewrite: Rewrite, shape = SHAPE): Promise<Samples> {
  const { frames, transferSyntaxUID } = runDcmtk("dcmcjpeg", options, nativeFile(SHAPE, [SAMPLES]));
  const frame = new Uint8Array(rewrite(Buffer.from(frames[0] ?? [])));
  return decoders
    .forTransferSyntax(encapsulatedUid(transferSyntaxUID))
    .then((decoder) => decoder(frame, shape));
}

const startOf = (jpeg: Buffer, marker: number): number => {
  const at = jpeg.indexOf(Buffer.of(0xff, marker));
  if (at < 0) throw new Error(`no marker ${marker}`);
  return at;
};
const endOf = (jpeg: Buffer): number => jpeg.lastIndexOf(hex("ffd9"));
const insert = (jpeg: Buffer, at: number, bytes: Buffer): Buffer =>
  Buffer.concat([jpeg.subarray(0, at), bytes, jpeg.subarray(at)]);

/** @param sof marker of the frame header */
const withHeight = (jpeg: Buffer, sof: number, height: number): Buffer => {
  const changed = Buffer.from(jpeg);
  changed.writeUInt16BE(height, startOf(jpeg, sof) + 5);
  return changed;
};
const withLinesBehind = (jpeg: Buffer, lines: number): Buffer =>
  insert(jpeg, endOf(jpeg), hex(`ffdc 0004 ${lines.toString(16).padStart(4, "0")}`));

describe.skipIf(!isInstalled("dcmcjpeg", "dcmtk"))("in JPEG as some writers leave it,", () => {
  describe.each([
    ["lossless", ["+e1"], 0xc3],
    ["baseline", ["+eb"], 0xc0],
  ])("a %s frame", (_, options, sof) => {
    const odd: Record<string, Rewrite> = {
      "a pad byte at its end": (jpeg) => Buffer.concat([jpeg, Buffer.alloc(1)]),
      "bytes of no meaning behind its end": (jpeg) => Buffer.concat([jpeg, hex("0102 0304")]),
      "no marker EOI": (jpeg) => jpeg.subarray(0, endOf(jpeg)),
      "fill bytes before its markers": (jpeg) =>
        insert(insert(jpeg, startOf(jpeg, sof), hex("ffff")), 2, hex("ff")),
      "a comment and an APP segment with a preview": (jpeg) =>
        insert(jpeg, 2, hex("fffe 0006 ffd9ffda ffe1 000e ffd8ffc0000001ffd9abcd00")),
      "no height but in DNL": (jpeg) => withLinesBehind(withHeight(jpeg, sof, 0), SHAPE.rows),
      "no height at all": (jpeg) => withHeight(jpeg, sof, 0),
    };

    it.each(Object.keys(odd))("with %s is decoded", async (name) => {
      const untouched = await decode(options, (jpeg) => jpeg);
      expect(checksum(await decode(options, odd[name] ?? ((jpeg) => jpeg)))).toBe(checksum(untouched));
    });

    it.each([
      ["of fewer rows than the attributes", (jpeg: Buffer) => withHeight(jpeg, sof, 12), "with 67x12x1"],
      ["of more rows than the attributes", (jpeg: Buffer) => withHeight(jpeg, sof, 34), "with 67x34x1"],
    ])("%s is refused", async (__, rewrite, message) => {
      const decoding = decode(options, rewrite);
      await expect(decoding).rejects.toThrow(PixelError);
      await expect(decoding).rejects.toThrow(message);
    });

    it("with another height in DNL than the attributes is refused, not cut", async () => {
      const rewrite: Rewrite = (jpeg) => withLinesBehind(withHeight(jpeg, sof, 0), SHAPE.rows);
      await expect(decode(options, rewrite, { ...SHAPE, rows: 16 })).rejects.toThrow(
        "JPEG: expected 16 lines, got 33 after the scan",
      );
    });
  });
});
