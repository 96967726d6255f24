import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const SCRIPT = join(import.meta.dirname, "decode_frames.py");

/** Python 3, and libopenjp2, which the script loads. */
export const isGuideDecoderThere = spawnSync("python3", [SCRIPT]).status === 0;
if (!isGuideDecoderThere)
  process.stderr.write("SKIPPED: the guide's decode step; install python3 and libopenjp2-7 (Debian)\n");

/**
 * The guide's decode step on frames as they were downloaded: a checksum of each frame's samples,
 * null where libopenjp2 refuses it.
 */
export async function decodeAsTheGuide(frames: readonly Uint8Array[]): Promise<(number | null)[]> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-guide-"));
  try {
    const paths = frames.map((_, index) => join(folder, `image_${index}.jph`));
    for (const [index, frame] of frames.entries()) await writeFile(paths[index] ?? "", frame);
    const { stdout } = await promisify(execFile)("python3", [SCRIPT, ...paths]);
    const checksums = JSON.parse(stdout) as Record<string, number | null>;
    return paths.map((path) => checksums[path] ?? null);
  } finally {
    await rm(folder, { recursive: true });
  }
}
