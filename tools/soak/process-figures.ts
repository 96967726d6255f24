import { readdirSync, readFileSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** The resources of a process, from `/proc`. */
export interface ProcessFigures {
  readonly residentBytes: number;
  /** The most that were resident at once. */
  readonly peakBytes: number;
  readonly threads: number;
  readonly openFiles: number;
}

/** @throws where the process is gone */
export function figuresOf(pid: number): ProcessFigures {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const numberOf = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return {
    residentBytes: numberOf("VmRSS") * 1024,
    peakBytes: numberOf("VmHWM") * 1024,
    threads: numberOf("Threads"),
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
  };
}

export interface FolderFigures {
  readonly files: number;
  readonly bytes: number;
}

/** All that is below a folder, links not followed. */
export async function figuresOfFolder(folder: string): Promise<FolderFigures> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      lstat(join(parentPath, name)).then(
        ({ size }) => size,
        // The emulator deleted it just now.
        () => 0,
      ),
    );
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return { files: sizes.length, bytes };
}
