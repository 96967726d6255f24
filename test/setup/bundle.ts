import { execFile } from "node:child_process";
import { mkdir, readdir, rm, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../..");
/** Below node_modules, so that the packages that are not bundled are found. */
const CACHE = join(ROOT, "node_modules/.cache/healthimaging-local");
const PREFIX = "test-";

/** The folder of the bundle that this run of Vitest makes; two runs at a time do not meet. */
export const BUNDLE_FOLDER = join(CACHE, `${PREFIX}${process.pid}`, "dist");
/** What esbuild says of it, beside it. */
const METAFILES = join(dirname(BUNDLE_FOLDER), "metafiles.json");

/** Bundles `src` once for a run: a process of the bundle starts in a third of the time of its source. */
export default async function setup(): Promise<() => Promise<void>> {
  await removeOrphans();
  await promisify(execFile)(process.execPath, ["tools/build.ts", BUNDLE_FOLDER, METAFILES], { cwd: ROOT });
  const root = dirname(BUNDLE_FOLDER);
  // As in the package.
  await symlink(join(ROOT, "scenarios"), join(root, "scenarios"), "junction");
  return () => rm(root, { recursive: true, force: true });
}

/** Removes bundles of runs that were killed. */
async function removeOrphans(): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  for (const name of await readdir(CACHE)) {
    if (!name.startsWith(PREFIX) || isAlive(Number(name.slice(PREFIX.length)))) continue;
    await rm(join(CACHE, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
