import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { codestreamOf, isJph } from "../jph-file.ts";

const run = promisify(execFile);

/** OpenJPEG's decoder: independent of the codec that encodes here. */
export const JUDGE = "opj_decompress";
export const isJudgeThere = spawnSync(JUDGE, ["-h"]).error === undefined;
if (!isJudgeThere)
  process.stderr.write(`SKIPPED: frames judged by ${JUDGE}; install libopenjp2-tools (Debian)\n`);

export interface Judgement {
  readonly width: number;
  readonly height: number;
  /**
   * CRC-32 of the samples, interleaved by pixel, little endian, sized by the codestream's precision as in the
   * guide's C++ example: (precision + 7) / 8 bytes.
   */
  readonly checksum: number;
}

/**
 * Has a JPH file or a codestream decoded by the judge, its full resolution halved `reduction` times. PGX
 * output, since raw output clamps signed samples.
 */
export async function judge(frame: Uint8Array, reduction = 0): Promise<Judgement> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-judge-"));
  try {
    const name = isJph(frame) ? "frame.jph" : "frame.jhc";
    await writeFile(join(folder, name), frame);
    await run(JUDGE, ["-quiet", "-i", name, "-o", "out.pgx", "-r", String(reduction)], {
      cwd: folder,
    });
    const components = await Promise.all(
      [0, 1, 2].map((component) => readComponent(join(folder, `out_${component}.pgx`))),
    );
    return merge(components.filter((component) => component !== undefined));
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Component {
  readonly width: number;
  readonly height: number;
  readonly bytesPerSample: 1 | 2;
  readonly samples: readonly number[];
}

/** PGX (ISO 15444-4 Annex B): a line of text, then samples, big endian as its `ML` says. */
async function readComponent(path: string): Promise<Component | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const end = bytes.indexOf("\n");
  const [, sign, bits, width, height] =
    /^PG ML ([+-]) ?(\d+) (\d+) (\d+)$/.exec(bytes.toString("latin1", 0, end)) ?? [];
  const view = new DataView(bytes.buffer, bytes.byteOffset + end + 1);
  const size = Number(bits) > 8 ? 2 : 1;
  const readers: Readonly<Record<string, (at: number) => number>> = {
    "+1": (at: number) => view.getUint8(at),
    "-1": (at: number) => view.getInt8(at),
    "+2": (at: number) => view.getUint16(at * 2),
    "-2": (at: number) => view.getInt16(at * 2),
  };
  const read = readers[`${sign}${size}`];
  if (read === undefined) throw new Error(`no PGX of 1 or 2 bytes a sample: ${path}`);
  const samples = Array.from({ length: Number(width) * Number(height) }, (_, at) => read(at));
  return { width: Number(width), height: Number(height), bytesPerSample: size, samples };
}

function merge(components: readonly Component[]): Judgement {
  const [first] = components;
  if (first === undefined) throw new Error(`${JUDGE} wrote nothing`);
  const { width, height, bytesPerSample } = first;
  const bytes = Buffer.alloc(width * height * components.length * bytesPerSample);
  let offset = 0;
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (const { samples } of components) {
      const unsigned = (samples[pixel] ?? 0) & (bytesPerSample === 1 ? 0xff : 0xffff);
      offset = bytes.writeUIntLE(unsigned, offset, bytesPerSample);
    }
  }
  return { width, height, checksum: crc32(bytes) };
}

/**
 * What a progressive viewer has of a frame when it wants the full resolution halved `reduction` times:
 * the boxes of a file, the main header and the first of the tile-parts whose lengths TLM lists, one a
 * resolution.
 */
export function firstResolutions(frame: Uint8Array, reduction: number): Uint8Array {
  const bytes = codestreamOf(frame);
  const boxes = frame.subarray(0, frame.length - bytes.length);
  let tlm = 2;
  while (bytes.readUInt16BE(tlm) !== 0xff55) tlm += 2 + bytes.readUInt16BE(tlm + 2);
  let end = tlm;
  while (bytes.readUInt16BE(end) !== 0xff90) end += 2 + bytes.readUInt16BE(end + 2);
  const tilePartCount = (bytes.readUInt16BE(tlm + 2) - 4) / 6;
  for (let index = 0; index < tilePartCount - reduction; index++) {
    end += bytes.readUInt32BE(tlm + 6 + 6 * index + 2);
  }
  return Buffer.concat([boxes, bytes.subarray(0, end), Buffer.from("ffd9", "hex")]);
}
