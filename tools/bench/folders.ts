import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder of this project. */
export const ROOT = join(import.meta.dirname, "../..");

/** Keeps what is reused by later runs. */
export const CACHE = join(ROOT, "node_modules/.cache/healthimaging-local");

const made: string[] = [];

/** A temporary folder, deleted at the end of the process at the latest. */
export async function makeFolder(): Promise<string> {
  if (made.length === 0) process.on("exit", deleteAll);
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-bench-"));
  made.push(folder);
  return folder;
}

function deleteAll(): void {
  for (const folder of made) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
