import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const NOT_COPIED = new Set([".git", "node_modules", "coverage"]);
/** Below node_modules: what tools have written there, which must not be shared through hard links. */
const WRITTEN = [".cache", ".vite"];

/** A throw-away copy of a source tree, so that the tree itself is never changed. */
export interface TreeClone extends AsyncDisposable {
  readonly root: string;
}

/**
 * Sources are copied; packages are hard links, which takes about a second. The clone lies outside of
 * node_modules, where Node.js would refuse to strip types.
 */
export async function cloneTree(tree: string): Promise<TreeClone> {
  const root = await mkdtemp(join(tmpdir(), "healthimaging-local-mutants-"));
  for (const name of await readdir(tree))
    if (!NOT_COPIED.has(name)) await cp(join(tree, name), join(root, name), { recursive: true });
  await run("cp", ["-al", resolve(tree, "node_modules"), join(root, "node_modules")]);
  await forgetBuilds(root);
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** Deletes what earlier runs have built from other sources. */
export async function forgetBuilds(root: string): Promise<void> {
  for (const name of WRITTEN) await rm(join(root, "node_modules", name), { recursive: true, force: true });
}
