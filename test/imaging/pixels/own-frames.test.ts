import { describe, expect, it } from "vitest";
import { loadCodec } from "../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { checksum } from "../../../src/imaging/pixels/samples.ts";
import { SourceDecoders } from "../../../src/imaging/pixels/sources/source-decoders.ts";
import { CONTENTS, fill, frameShape } from "./sample-frames.ts";

const SIZES = [
  { columns: 1, rows: 1 },
  { columns: 3, rows: 5 },
  { columns: 67, rows: 129 },
];
const decoders = new SourceDecoders();

describe("HTJ2K that was encoded here decodes to the source", () => {
  const depths = [1, 5, 7, 8, 9, 12, 15, 16].flatMap((bitsStored) =>
    [1, 3].flatMap((samplesPerPixel) =>
      [false, true].map((isSigned) => ({ bitsStored, samplesPerPixel, isSigned })),
    ),
  );
  it.each(depths)("of %j", async (depth) => {
    const codec = await loadCodec();
    const decode = await decoders.forTransferSyntax("1.2.840.10008.1.2.4.202");
    for (const shape of SIZES.map((size) => frameShape({ ...size, ...depth }))) {
      for (const content of CONTENTS) {
        const samples = fill(shape, content);
        const { codestream } = encodeFrame(samples, shape, codec);
        expect(checksum(decode(codestream, shape)), `${JSON.stringify(shape)} ${content}`).toBe(
          checksum(samples),
        );
      }
    }
  });
});
