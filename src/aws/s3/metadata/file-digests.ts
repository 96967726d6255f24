import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { open } from "node:fs/promises";

const CHUNK_BYTES = 2 ** 20;

/** The MD5 of files, read whole: those that are asked for at once are read once. */
export class FileDigests {
  readonly #running = new Map<string, Promise<string | undefined>>();

  /**
   * @param stats of the file that is meant
   * @returns in hexadecimal; undefined where another file is there, or it changes while it is read
   * @throws the system's error where it cannot be read
   */
  md5Of(path: string, stats: BigIntStats): Promise<string | undefined> {
    const id = `${path}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    const reading = readMd5(path, stats).finally(() => this.#running.delete(id));
    this.#running.set(id, reading);
    return reading;
  }
}

async function readMd5(path: string, stats: BigIntStats): Promise<string | undefined> {
  const file = await open(path);
  try {
    const isMeant = async (): Promise<boolean> => isSame(await file.stat({ bigint: true }), stats);
    if (!(await isMeant())) return undefined;
    const hash = createHash("md5");
    const bytes: AsyncIterable<Buffer> = file.createReadStream({
      start: 0,
      autoClose: false,
      highWaterMark: CHUNK_BYTES,
    });
    for await (const chunk of bytes) hash.update(chunk);
    return (await isMeant()) ? hash.digest("hex") : undefined;
  } finally {
    await file.close();
  }
}

const isSame = (found: BigIntStats, { size, mtimeNs, ino }: BigIntStats): boolean =>
  found.size === size && found.mtimeNs === mtimeNs && found.ino === ino;
