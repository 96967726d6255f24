import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { cachedDataVersionTag } from "node:v8";

/**
 * Names of the files for a build, which are to be tried in turn. Code is bound to V8's version, which the first names,
 * and to its flags: processes with flags of their own, whose V8 refuses what is in the first, use the second. The
 * first does not name the processor, so that an image may bring it along.
 */
export const codeNames = (bundleHash: string): readonly (() => string)[] => {
  const name = `${bundleHash}-${process.versions.v8}-${process.arch}`;
  return [() => `${name}.bin`, () => `${name}-${cachedDataVersionTag().toString(16)}.bin`];
};

/**
 * Where compiled code is kept: with the package's dependencies or, if this user may not write there, in a
 * private folder among the temporary ones. Code from a file that another user could have written is never
 * run.
 */
export function foldersFor(bundle: string): string[] {
  const parts = bundle.split(sep).slice(0, -2);
  const installed = parts.at(-2) === "node_modules" ? parts.slice(0, -1) : [...parts, "node_modules"];
  const own = `healthimaging-local-code-${process.getuid?.() ?? "user"}`;
  return [join(installed.join(sep), ".cache", "healthimaging-local"), join(tmpdir(), own)];
}

/** Undefined where there is none that is whole, and of the bundle as it lies there. */
export function readCode(bundle: string, name: string, folders = foldersFor(bundle)): Buffer | undefined {
  for (const folder of folders) {
    try {
      if (isSafe(lstatSync(folder), bundle))
        return withoutSum(readSafe(join(folder, name), bundle), stampOf(bundle));
    } catch {
      // It is not there.
    }
  }
  return undefined;
}

/**
 * Checks and reads the same open file, even if another one takes its place meanwhile. @throws if it is not
 * safe
 */
function readSafe(path: string, bundle: string): Buffer {
  if (!isSafe(lstatSync(path), bundle)) throw new Error(`${path} may be another user's`);
  const file = openSync(path, "r");
  try {
    if (!isSafe(fstatSync(file), bundle)) throw new Error(`${path} may be another user's`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Whole or not at all; nothing is said where it cannot be written. */
export function writeCode(
  bundle: string,
  name: string,
  create: () => Uint8Array,
  folders = foldersFor(bundle),
): void {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      if (!isSafe(lstatSync(folder), bundle)) continue;
      writeWhole(join(folder, name), withSum(create(), stampOf(bundle)));
      removeOthers(folder, name);
      return;
    } catch {
      // The next folder, or none.
    }
  }
}

const SUM_BYTE_LENGTH = 4;

/**
 * Identifies the bundle on disk, which may have been patched after it was built: V8 compares only the length
 * of a source, and would compile the rest of another source later. Times are in seconds, as in images.
 */
function stampOf(bundle: string): number {
  const { size, mtimeMs } = statSync(bundle);
  return (Math.imul(size, 31) + Math.floor(mtimeMs / 1000)) | 0;
}

const withSum = (code: Uint8Array, stamp: number): Uint8Array => {
  const sum = Buffer.alloc(SUM_BYTE_LENGTH);
  sum.writeInt32LE((sumOf(code) + stamp) | 0);
  return Buffer.concat([code, sum]);
};

/** V8 compares lengths, not bytes: of code that is damaged it crashes, at each start. */
function withoutSum(bytes: Buffer, stamp: number): Buffer | undefined {
  const end = bytes.length - SUM_BYTE_LENGTH;
  const code = bytes.subarray(0, end);
  return end >= 0 && ((sumOf(code) + stamp) | 0) === bytes.readInt32LE(end) ? code : undefined;
}

/** A sum of its 32-bit words: loading a checksum of Node.js would take longer than calculating one here. */
function sumOf(code: Uint8Array): number {
  const { buffer, byteOffset, length } = code.byteOffset % 4 === 0 ? code : new Uint8Array(code);
  const words = new Int32Array(buffer, byteOffset, length >> 2);
  let sum = length;
  // No step leaves 32 bits: of a larger number V8 would make an object, until it optimizes the loop.
  for (let i = 0; i < words.length; i++) sum = ((sum << 1) | (sum >>> 31)) ^ (words[i] ?? 0);
  return sum;
}

function writeWhole(path: string, code: Uint8Array): void {
  const temporary = `${path}.${process.pid}-${process.hrtime.bigint()}`;
  try {
    writeFileSync(temporary, code, { flag: "wx", mode: 0o644, flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Only this user, root, or who may change the bundle itself, can have written it. */
function isSafe(stats: Stats, bundle: string): boolean {
  if (process.getuid === undefined) return true;
  const isTheirs = [process.getuid(), 0].includes(stats.uid) || stats.uid === statSync(bundle).uid;
  return isTheirs && !stats.isSymbolicLink() && (stats.mode & 0o022) === 0;
}

/** Files of other builds: a name begins with the hash of its bundle. */
function removeOthers(folder: string, name: string): void {
  const [hash = ""] = name.split("-");
  for (const other of readdirSync(folder)) {
    if (other.endsWith(".bin") && !other.startsWith(hash)) rmSync(join(folder, other), { force: true });
  }
}
