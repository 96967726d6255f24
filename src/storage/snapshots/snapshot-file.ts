import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createGunzip, createGzip } from "node:zlib";
import { ID_PATTERN } from "../../api/arns.ts";
import { formatChecksum, type BlobChecksum } from "../../domain/blobs.ts";
import { ByteReader } from "../files/byte-reader.ts";
import type { DiskSpace } from "./disk-space.ts";
import { newFileStream } from "../files/new-file.ts";
import { readRegularFile } from "../files/regular-file.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { MANIFEST, readManifest, writeManifest } from "./snapshot-manifest.ts";
import { BLOCK, fillOf, readTarHeader, writeHeader } from "./tar.ts";
import { errorCode } from "../../api/error-code.ts";

/** In the format of `sha256sum --check`. It is the last entry of the file. */
const CHECKSUMS = "checksums.txt";
const MAX_MANIFEST_BYTES = 64 * 1024;
/** Bytes of a list of documents or objects, which is held in memory: enough for half a million. */
const MAX_LIST_BYTES = 512 * 2 ** 20;
/** Bytes of one line of the checksums: a digest, two spaces, a name of a tar file. */
const MAX_CHECKSUM_LINE = 64 + 2 + 256 + 1;
/** Zeros at the end, from tools that write whole records. */
const MAX_END_BYTES = 2 ** 20;
/** Far above the compression ratio of documents and frames. */
const MAX_RATIO = 250;
const FREE_BYTES = 64 * 2 ** 20;

/** Paths in a snapshot: no others are ever written. */
const NAMES = [
  "snapshot[.]json",
  "documents[.]jsonl",
  "buckets[.]jsonl",
  "objects/[0-9a-f]{64}",
  `datastores/${ID_PATTERN}/frames/${ID_PATTERN}[.]jhc`,
  `datastores/${ID_PATTERN}/image-sets/${ID_PATTERN}/metadata-[1-9][0-9]{0,9}[.]json`,
];
const ALLOWED = new RegExp(`^(?:${NAMES.join("|")})$`);

/** A snapshot's folder as one file, a compressed tar. The same content always has the same bytes. */
export function pack(folder: string): Readable {
  const gzip = createGzip();
  pipeline(Readable.from(tarOf(folder), { objectMode: false }), gzip).catch((error: unknown) =>
    gzip.destroy(error instanceof Error ? error : undefined),
  );
  return Readable.from(ofNoSystem(gzip), { objectMode: false });
}

/** The header of gzip (RFC 1952, 2.3) names the operating system; here it is always "unknown". */
async function* ofNoSystem(gzip: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of gzip) {
    if (isFirst) chunk[9] = 255;
    isFirst = false;
    yield chunk;
  }
}

async function* tarOf(folder: string): AsyncGenerator<Uint8Array> {
  const sums: string[] = [];
  const begun = await identityOf(folder);
  const manifest = readManifest((await readRegularFile(join(folder, MANIFEST))).toString());
  const contents = Buffer.from(writeManifest(manifest));
  yield* entryOf(MANIFEST, contents.length, () => [contents], sums);
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    yield* entryOf(name, (await stat(path)).size, () => createReadStream(path), sums);
  }
  if ((await identityOf(folder)) !== begun) throw new Error("the snapshot was replaced while it was read");
  const checksums = Buffer.from(sums.join(""));
  yield* entryOf(CHECKSUMS, checksums.length, () => [checksums], []);
  yield Buffer.alloc(2 * BLOCK);
}

/** A new folder of the same name has another identity; the content of a snapshot's folder never changes. */
async function identityOf(folder: string): Promise<string> {
  const { ino, mtimeNs } = await stat(folder, { bigint: true });
  return `${ino}-${mtimeNs}`;
}

/** @param open called when the header is read, so that a file which is never reached is not opened */
async function* entryOf(
  name: string,
  byteLength: number,
  open: () => AsyncIterable<Buffer> | Iterable<Buffer>,
  sums: string[],
): AsyncGenerator<Uint8Array> {
  yield writeHeader({ name, byteLength });
  const hash = createHash("sha256");
  let written = 0;
  for await (const chunk of open()) {
    hash.update(chunk);
    written += chunk.length;
    yield chunk;
  }
  if (written !== byteLength) throw new Error(`${name} changed while it was read`);
  yield Buffer.alloc(fillOf(byteLength));
  sums.push(`${hash.digest("hex")}  ${name}\n`);
}

/** The entries of a snapshot, in the order of their bytes. */
async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join("/"))
    .filter((name) => name !== MANIFEST && ALLOWED.test(name))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** Checksums of a file's bytes: the digest for `sha256sum`, the CRC for documents. */
interface Sums {
  readonly sha256: string;
  readonly checksum: BlobChecksum;
}

/**
 * Unpacks such a file into an empty folder. Names, sizes and checksums are all untrusted.
 * @returns the checksum of each file
 * @throws SnapshotError, with a part of it in the folder
 */
export async function unpack(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  diskSpace: DiskSpace,
): Promise<ReadonlyMap<string, BlobChecksum>> {
  const source = Readable.from(bytes, { objectMode: false });
  const gunzip = createGunzip();
  const fed = pipeline(source, gunzip);
  // It may fail while earlier content is still being written: the error is handled below.
  fed.catch(() => {});
  try {
    const sums = await unpackTar(new ByteReader(bounded(gunzip), endedEarly), folder, diskSpace);
    await fed;
    return new Map([...sums].map(([name, { checksum }]) => [name, checksum]));
  } catch (error) {
    throw toSnapshotError(error);
  } finally {
    source.destroy();
    gunzip.destroy();
    await fed.catch(() => {});
  }
}

const endedEarly = (): Error => new Error("the file ends too early");

/** A few bytes must not be able to fill the disk. */
async function* bounded(gunzip: AsyncIterable<Buffer> & { readonly bytesWritten: number }) {
  let byteLength = 0;
  for await (const chunk of gunzip) {
    byteLength += chunk.length;
    if (byteLength > FREE_BYTES + MAX_RATIO * gunzip.bytesWritten)
      throw new SnapshotError("InvalidSnapshot", `it unpacks to more than ${MAX_RATIO} times its size`);
    yield chunk;
  }
}

async function unpackTar(
  reader: ByteReader,
  folder: string,
  diskSpace: DiskSpace,
): Promise<ReadonlyMap<string, Sums>> {
  const sums = new Map<string, Sums>();
  for (;;) {
    const entry = readTarHeader(await reader.take(BLOCK));
    if (entry === undefined) throw new Error(`it has no ${CHECKSUMS}`);
    const { name, byteLength } = entry;
    if (name === CHECKSUMS) {
      if (byteLength > MAX_CHECKSUM_LINE * sums.size) throw new Error(`its ${CHECKSUMS} is too long`);
      checkSums(sums, (await reader.take(byteLength)).toString());
      await reader.take(fillOf(byteLength));
      await checkEnd(reader);
      return sums;
    }
    if (!ALLOWED.test(name)) throw new Error(`${JSON.stringify(name)} does not belong in a snapshot`);
    if (sums.has(name)) throw new Error(`${name} appears twice`);
    if (name !== MANIFEST && sums.size === 0) throw new Error(`it does not begin with ${MANIFEST}`);
    if (name === MANIFEST && byteLength > MAX_MANIFEST_BYTES) throw new Error(`its ${MANIFEST} is too long`);
    if (name.endsWith(".jsonl") && byteLength > MAX_LIST_BYTES) throw new Error(`its ${name} is too long`);
    diskSpace.take(byteLength);
    sums.set(name, await unpackFile(reader, byteLength, join(folder, name)));
    if (name === MANIFEST) readManifest((await readRegularFile(join(folder, name))).toString());
    await reader.take(fillOf(byteLength));
  }
}

async function unpackFile(reader: ByteReader, byteLength: number, path: string): Promise<Sums> {
  const hash = createHash("sha256");
  let crc = 0;
  await mkdir(dirname(path), { recursive: true });
  await pipeline(
    reader.pass(byteLength),
    async function* (bytes: AsyncIterable<Uint8Array>) {
      for await (const chunk of bytes) {
        hash.update(chunk);
        crc = crc32(chunk, crc);
        yield chunk;
      }
    },
    newFileStream(path),
  );
  return { sha256: hash.digest("hex"), checksum: formatChecksum(byteLength, crc) };
}

function checkSums(found: ReadonlyMap<string, Sums>, text: string): void {
  const wanted = text.split("\n").filter((line) => line !== "");
  if (wanted.length !== found.size)
    throw new Error(`its ${CHECKSUMS} lists ${wanted.length} files, found ${found.size}`);
  for (const line of wanted) {
    const [sum = "", name = ""] = line.split("  ");
    if (found.get(name)?.sha256 !== sum) throw new Error(`${name} has changed: its checksum differs`);
  }
}

async function checkEnd(reader: ByteReader): Promise<void> {
  let byteLength = 0;
  for await (const chunk of reader.rest()) {
    byteLength += chunk.length;
    if (byteLength > MAX_END_BYTES || chunk.some((byte) => byte !== 0))
      throw new Error(`it has more data after its ${CHECKSUMS}`);
  }
}

/** The system's errors that the file or a disconnected sender caused. */
const NOT_OURS = /^(?:Z_.*|ENOENT|ENOTDIR|ECONNRESET|ERR_STREAM_PREMATURE_CLOSE)$/;

function toSnapshotError(error: unknown): unknown {
  if (error instanceof SnapshotError || !(error instanceof Error)) return error;
  const code = errorCode(error);
  if (code !== "" && !NOT_OURS.test(code)) return error;
  const message = code === "Z_DATA_ERROR" ? `it is not a tar.gz (${error.message})` : error.message;
  return new SnapshotError("InvalidSnapshot", message, { cause: error });
}

/** Deletes the folder if filling it fails. */
export async function filling<T>(folder: string, fill: () => Promise<T>): Promise<T> {
  await mkdir(folder);
  try {
    return await fill();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
