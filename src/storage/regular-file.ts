import { constants, type Stats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { errorCode } from "../api/error-code.ts";

/** Says that something else lies where a file should be; the message is what stands after the path. */
export class NotAFile extends Error {
  readonly what: string;

  constructor(path: string, what: string) {
    super(`${path} ${what}, not a file`);
    this.what = what;
  }
}

/** Opening a FIFO would wait for somebody who writes to it. Windows has no such flag. */
export const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** What the system answers to opening a socket. */
const IS_SOCKET = new Set(["ENXIO", "EOPNOTSUPP"]);

/** @throws NotAFile for a folder, a FIFO, a socket or a device; the system's error */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await open(path, READ_WITHOUT_WAITING).catch((error: unknown) => {
    throw IS_SOCKET.has(errorCode(error)) ? new NotAFile(path, "is a socket or a device") : error;
  });
  try {
    requireFile(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** @throws as `openRegularFile` */
export async function readRegularFile(path: string): Promise<Buffer> {
  await using file = await openRegularFile(path);
  return await file.readFile();
}

/** @throws NotAFile */
export function requireFile(path: string, stats: Stats): void {
  const what = whatIsIt(stats);
  if (what !== undefined) throw new NotAFile(path, what);
}

/** In words, what is no file; undefined for a file. */
export function whatIsIt(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return "is a folder";
  if (stats.isFIFO()) return "is a FIFO";
  return stats.isSocket() ? "is a socket" : "is a device";
}
