import type { BigIntStats } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ObjectInfo } from "./object-info.ts";
import { isAbsence, noSuchKey } from "./s3-error.ts";

/** An open object. Its bytes stay the same while it is read, even if the key is overwritten. */
export interface OpenObject {
  readonly info: ObjectInfo;
  /** Both ends are included. Closes the object once it has been read or destroyed. */
  stream(first: number, last: number): Readable;
  /** For callers that open it and do not stream. */
  close(): Promise<void>;
}

/** A folder marker has no bytes. */
export const openMarker = (info: ObjectInfo): OpenObject => ({
  info,
  stream: () => Readable.from([]),
  close: async () => {},
});

/** @throws S3Error where the file is gone */
export async function openFileObject(
  path: string,
  key: string,
  infoOf: (stats: BigIntStats) => ObjectInfo,
): Promise<OpenObject> {
  const file = await open(path).catch((error: unknown) => {
    throw isAbsence(error) ? noSuchKey(key) : error;
  });
  const stats = await file.stat({ bigint: true }).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  return {
    info: infoOf(stats),
    stream: (start, end) => file.createReadStream({ start, end }),
    close: () => file.close(),
  };
}
