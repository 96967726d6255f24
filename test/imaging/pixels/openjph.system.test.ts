import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Codec, loadCodec } from "../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { checksum, type Samples, viewSamples } from "../../../src/imaging/pixels/samples.ts";
import { isInstalled } from "./openjpeg.ts";
import { fill, frameShape } from "./sample-frames.ts";

// The native build reads codestreams that the codec itself, which wraps it, writes or reads wrongly.
const skip = !isInstalled("ojph_expand", "openjph-tools");

let codec: Codec;
beforeAll(async () => {
  codec = await loadCodec();
});

describe.skipIf(skip).each([1, 3])("native OpenJPH, given frames of %i components,", (samplesPerPixel) => {
  it.each([5, 8, 10, 12, 16])("decodes %i bits to samples with the listed checksums", (bitsStored) => {
    const shape = frameShape({ rows: 200, columns: 330, samplesPerPixel, bitsStored });
    const samples = fill(shape, "noise");
    const { codestream, levels } = encodeFrame(samples, shape, codec);
    expect(checksum(expand(codestream, samplesPerPixel, 0))).toBe(checksum(samples));
    expect(checksum(expand(codestream, samplesPerPixel, 1))).toBe(levels.at(-2)?.checksum);
  });
});

/** Decodes with ojph_expand to PGM or PPM, which know unsigned samples alone. */
function expand(codestream: Uint8Array, samplesPerPixel: number, reduction: number): Samples {
  const folder = mkdtempSync(join(tmpdir(), "pixels-"));
  try {
    const input = join(folder, "frame.j2c");
    const output = join(folder, samplesPerPixel === 1 ? "frame.pgm" : "frame.ppm");
    writeFileSync(input, codestream);
    const options = ["-i", input, "-o", output, "-skip_res", String(reduction)];
    execFileSync("ojph_expand", options, { stdio: "pipe" });
    return parsePnm(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** PNM: `P5`, width and height, the highest value, then samples of one or two big-endian bytes. */
function parsePnm(file: Buffer): Samples {
  const header = /^P[56]\s+\d+ \d+\s+(\d+)\s/.exec(file.toString("latin1", 0, 80));
  const isByte = Number(header?.[1]) < 256;
  const bytes = Buffer.from(new Uint8Array(file.subarray(header?.[0].length)).buffer);
  return viewSamples(isByte ? bytes : bytes.swap16(), isByte ? 8 : 16, false);
}
