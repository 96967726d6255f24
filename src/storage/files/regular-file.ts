import {
  close as closeWithCallback,
  closeSync,
  constants,
  fstat as fstatWithCallback,
  fstatSync,
  open as openWithCallback,
  openSync,
  read as readWithCallback,
  readFileSync,
  readSync,
  type Stats,
} from "node:fs";
import { open as openHandle, type FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { errorCode } from "../../api/error-code.ts";
import { isMissing } from "./errno-messages.ts";

/** Something other than a regular file is at the path; the message follows the path. */
export class NotAFile extends Error {
  readonly what: string;

  constructor(path: string, what: string) {
    super(`${path} ${what}, not a file`);
    this.what = what;
  }
}

/**
 * Opening a FIFO would wait for a writer, and a link may lead outside the data folder. Windows has no such
 * flags.
 */
const READ_IN_PLACE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** The system's error code for opening a socket. */
const IS_SOCKET = new Set(["ENXIO", "EOPNOTSUPP"]);

const [open, fstat, read, close] = [
  promisify(openWithCallback),
  promisify(fstatWithCallback),
  promisify(readWithCallback),
  promisify(closeWithCallback),
];

/**
 * Uses callbacks, which for small files is twice as fast as `node:fs/promises`: frames are read through it.
 * @throws NotAFile for a folder, a link, a FIFO, a socket or a device; the system's error
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  const file = await open(path, READ_IN_PLACE).catch((error: unknown) => {
    throw asNotAFile(path, error);
  });
  try {
    const stats = await fstat(file);
    requireFile(path, stats);
    return await readAll(file, stats.size);
  } finally {
    await close(file);
  }
}

/** Fewer bytes if the file was truncated meanwhile. */
async function readAll(file: number, byteLength: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(byteLength);
  let length = 0;
  while (length < byteLength) {
    const { bytesRead } = await read(file, bytes, length, byteLength - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** Opens a file for a stream. @throws as `readRegularFile` */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await openHandle(path, READ_IN_PLACE).catch((error: unknown) => {
    throw asNotAFile(path, error);
  });
  try {
    requireFile(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Most documents fit; longer ones are read in another way. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * As fast as a plain `readFileSync`: a start reads a document of each image set with it. @throws as
 * `readRegularFile`
 */
export function readRegularTextSync(path: string): string {
  const file = openForSync(path);
  try {
    const stats = fstatSync(file);
    requireFile(path, stats);
    const { size } = stats;
    // One byte more than expected: a file that grows meanwhile is read in the other way.
    if (size < buffer.length && readSync(file, buffer, 0, size + 1, 0) === size)
      return buffer.toString("utf8", 0, size);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** As `readRegularTextSync`; undefined where nothing is at the path. */
export function readTextIfPresentSync(path: string): string | undefined {
  try {
    return readRegularTextSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function openForSync(path: string): number {
  try {
    return openSync(path, READ_IN_PLACE);
  } catch (error) {
    throw asNotAFile(path, error);
  }
}

function asNotAFile(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (IS_SOCKET.has(code)) return new NotAFile(path, "is a socket or a device");
  return code === "ELOOP" ? new NotAFile(path, "is a link") : error;
}

/** @throws NotAFile */
export function requireFile(path: string, stats: Stats): void {
  const what = whatIsIt(stats);
  if (what !== undefined) throw new NotAFile(path, what);
}

/** What kind of entry a path is, if it is not a file; undefined for a file. */
export function whatIsIt(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return "is a folder";
  if (stats.isSymbolicLink()) return "is a link";
  if (stats.isFIFO()) return "is a FIFO";
  return stats.isSocket() ? "is a socket" : "is a device";
}
