import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Samples, viewSamples } from "../../../src/imaging/pixels/samples.ts";
import { isJph } from "../../jph-file.ts";

/** One component as OpenJPEG decoded it. */
export interface PgxImage {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly isSigned: boolean;
  readonly samples: Samples;
}

/** Says aloud what to install where `command` is absent; the tests that need it are skipped. */
export function isInstalled(command: string, debianPackage: string): boolean {
  const isThere = spawnSync(command, ["-h"]).error === undefined;
  if (!isThere) console.warn(`SKIPPED: ${command} is absent, install ${debianPackage}`);
  return isThere;
}

/**
 * Decodes all frames, files or codestreams, in one run of opj_decompress, each to its components. PGX because its
 * raw output clamps signed samples. `reduction` halves the resolution that often.
 */
export function decodeWithOpenJpeg(
  frames: ReadonlyMap<string, Uint8Array>,
  componentCount: number,
  reduction = 0,
): Map<string, PgxImage[]> {
  const folder = mkdtempSync(join(tmpdir(), "pixels-"));
  try {
    for (const [name, bytes] of frames)
      writeFileSync(join(folder, `${name}.${isJph(bytes) ? "jp2" : "j2k"}`), bytes);
    const options = ["-ImgDir", folder, "-OutFor", "PGX", "-r", String(reduction), "-quiet"];
    execFileSync("opj_decompress", options, { stdio: "pipe" });
    const components = Array.from({ length: componentCount }, (_, component) => component);
    const read = (name: string, component: number) =>
      parsePgx(readFileSync(join(folder, `${name}_${component}.pgx`)));
    return new Map([...frames.keys()].map((name) => [name, components.map((at) => read(name, at))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** PGX: `PG ML +12 640 480`, a line feed, then samples of one byte up to 8 bits, else two. */
function parsePgx(file: Buffer): PgxImage {
  const end = file.indexOf(0x0a);
  const line = file.toString("latin1", 0, end);
  const [, order, sign, ...numbers] = /^PG (ML|LM) ([+-]) ?(\d+) (\d+) (\d+)$/.exec(line) ?? [];
  const [bits = 0, width = 0, height = 0] = numbers.map(Number);
  if (bits === 0) throw new Error(`not PGX: ${line}`);
  const isSigned = sign === "-";
  const bytes = Buffer.from(new Uint8Array(file.subarray(end + 1)).buffer);
  if (bits > 8 && order === "ML") bytes.swap16();
  return { width, height, bits, isSigned, samples: viewSamples(bytes, bits, isSigned) };
}
