import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { CACHE, makeFolder, ROOT } from "./folders.ts";

/** A built tree of this project: this one, or one of another commit. */
export interface Tree {
  readonly name: string;
  readonly folder: string;
}

let built: Promise<Tree> | undefined;

/**
 * This tree with its uncommitted changes, built once for a process in a temporary folder: a `dist` that may
 * be in use stays unchanged.
 */
export const thisTree = (): Promise<Tree> => (built ??= openTree("this tree", copyThisTree));

/** Another commit of this clone. */
export function treeOf(ref: string): Promise<Tree> {
  const commit = git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`).trim();
  return openTree(commit.slice(0, 7), (folder) => {
    git("clone", "--quiet", "--shared", "--no-checkout", ".", folder);
    git("-C", folder, "checkout", "--quiet", "--detach", commit);
  });
}

async function openTree(name: string, fill: (folder: string) => void): Promise<Tree> {
  const parent = await makeFolder();
  const folder = join(parent, "tree");
  fill(folder);
  symlinkSync(packagesOf(folder), join(folder, "node_modules"), "junction");
  npm(folder, "run", "build");
  return { name, folder };
}

const git = (...args: readonly string[]): string =>
  execFileSync("git", args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });

/** What git knows, and what it would know after `git add`. */
function copyThisTree(folder: string): void {
  const paths = git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    .split("\0")
    .filter(Boolean);
  for (const path of new Set(paths)) {
    const source = join(ROOT, path);
    if (!existsSync(source)) continue; // deleted, and not yet told to git
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(source, join(folder, path));
  }
}

const npm = (cwd: string, ...args: readonly string[]): void =>
  void execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "inherit"], shell: isWindows });
const isWindows = process.platform === "win32";

/** The packages of this tree if both have the same lock file; otherwise installed once into the cache. */
function packagesOf(folder: string): string {
  const lock = lockedIn(folder);
  if (lock === lockedIn(ROOT)) return join(ROOT, "node_modules");
  const place = join(CACHE, `bench/packages-${createHash("sha256").update(lock).digest("hex").slice(0, 16)}`);
  if (existsSync(place)) return join(place, "node_modules");
  const draft = `${place}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  for (const name of ["package.json", "package-lock.json"])
    copyFileSync(join(folder, name), join(draft, name));
  npm(draft, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
  renameSync(draft, place);
  return join(place, "node_modules");
}

/** The packages and their versions; the version of this project does not matter. */
function lockedIn(folder: string): string {
  const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, unknown>;
  };
  return JSON.stringify({ ...packages, "": undefined });
}
