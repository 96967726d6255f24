import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { ByteReader } from "../../../storage/files/byte-reader.ts";
import { makeFolder } from "../../../storage/files/make-folder.ts";
import { newFileStream } from "../../../storage/files/new-file.ts";
import { BLOCK, fillOf, readTarHeader } from "../../../storage/snapshots/tar.ts";

/** The folder of every npm tarball. */
const PACKAGE = "package/";

/**
 * Unpacks the app of a package's tarball, and what says what it is, into an empty folder.
 * @throws for a file that ends early, or that would be outside the folder
 */
export async function unpackTarball(tarball: string, folder: string): Promise<void> {
  const gunzip = createGunzip();
  const fed = pipeline(createReadStream(tarball), gunzip);
  fed.catch(() => {});
  try {
    const reader = new ByteReader(gunzip, () => new Error(`${tarball} ends early`));
    while (await unpackNext(reader, folder));
    await fed;
  } finally {
    gunzip.destroy();
    await fed.catch(() => {});
  }
}

/** @returns false at the end */
async function unpackNext(reader: ByteReader, folder: string): Promise<boolean> {
  const entry = readTarHeader(await reader.take(BLOCK));
  if (entry === undefined) {
    for await (const _ of reader.rest());
    return false;
  }
  const { name, byteLength } = entry;
  const path = name.slice(PACKAGE.length);
  if (name.startsWith(PACKAGE) && isWanted(path)) {
    const target = join(folder, path);
    await makeFolder(dirname(target), "the folder of OHIF");
    await pipeline(reader.pass(byteLength), newFileStream(target));
  } else {
    for await (const _ of reader.pass(byteLength));
  }
  await reader.take(fillOf(byteLength));
  return true;
}

const isWanted = (path: string): boolean =>
  !path.split("/").includes("..") && (path.startsWith("dist/") || ["package.json", "LICENSE"].includes(path));
