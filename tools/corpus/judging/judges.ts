import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Debian's Python, where python3-pydicom is installed. */
const PYTHON = "/usr/bin/python3";

/** What independent programs read and decode from a file. */
export interface Judgement {
  /** By keyword, as pydicom reads them; `privateElements` is counted. */
  readonly attributes: Readonly<Record<string, string | number | null>>;
  readonly frames: readonly JudgedFrame[];
  /** By decoder, why it has no part in `frames`. */
  readonly refusals: Readonly<Record<string, string>>;
}

export interface JudgedFrame {
  /** CODED: of a JPEG frame with YCbCr, the components as they were coded; else RGB or MONO. */
  readonly space: "CODED" | "MONO" | "RGB";
  /** By decoder, CRC-32 of the samples in golden.json's layout. */
  readonly checksums: Readonly<Record<string, number>>;
}

export const areJudgesThere = (): boolean =>
  spawnSync(PYTHON, ["-c", "import pydicom, numpy"]).status === 0 &&
  ["dcmconv", "gdcmconv", "opj_decompress", "ojph_expand"].every(
    (tool) => spawnSync(tool, ["-h"]).error === undefined,
  );

/** The packages of Debian that have the judges. */
export const JUDGE_PACKAGES =
  "python3-pydicom python3-numpy libgdcm-tools dcmtk libopenjp2-tools openjph-tools";

/** Has files judged; in the order given. */
export function judgeFiles(paths: readonly string[]): Judgement[] {
  const script = join(import.meta.dirname, "judge.py");
  const { stdout, stderr, status } = spawnSync(PYTHON, [script], {
    input: JSON.stringify(paths),
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`the judges failed: ${stderr.toString()}`);
  return JSON.parse(stdout.toString()) as Judgement[];
}
