import { ByteReader } from "../../../../storage/files/byte-reader.ts";
import { S3Error } from "../../s3-error.ts";

const MAX_LINE_BYTES = 8 * 1024;
const MAX_TRAILERS = 20;
const LINE_FEED = 0x0a;
/** S3 accepts smaller chunks only as the last one; clients that stream send some. */
const SMALL_CHUNK_BYTES = 8 * 1024;
const MAX_SMALL_CHUNKS = 10_000;
/** Bytes that are passed on at once, so that small chunks do not each cost a file write. */
const PIECE_BYTES = 64 * 1024;

/**
 * Decodes a body of content encoding `aws-chunked` (facts: clients#s3-uploads): each chunk follows a line
 * with its size in hex, the last has size 0, then come trailers. Signatures of chunks are not verified.
 * @param trailers receives the trailers, names in lower case, before the iteration ends
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(body, (missing, byteLength) =>
    incomplete(`${missing} bytes of a chunk of ${byteLength} are missing`),
  );
  yield* joinPieces(readChunks(reader));
  for (let line = await readLine(reader); line !== undefined; line = await readLine(reader))
    if (line !== "") addTrailer(line, trailers);
}

async function* readChunks(reader: ByteReader): AsyncGenerator<Uint8Array> {
  let smallChunks = 0;
  for (let size = parseSize(await readLine(reader)); size > 0; size = parseSize(await readLine(reader))) {
    if (size < SMALL_CHUNK_BYTES && ++smallChunks > MAX_SMALL_CHUNKS) throw tooManySmallChunks();
    yield* reader.pass(size);
    if ((await readLine(reader)) !== "") throw incomplete("a chunk does not end at its size");
  }
}

/** Joins small pieces; large ones are passed on unchanged. */
async function* joinPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let byteLength = 0;
  for await (const piece of pieces) {
    // A copy: the piece is a slice of a network buffer, which it would keep in memory.
    held.push(piece.byteLength < SMALL_CHUNK_BYTES ? Uint8Array.from(piece) : piece);
    byteLength += piece.byteLength;
    if (byteLength < PIECE_BYTES) continue;
    yield* joined(held);
    held = [];
    byteLength = 0;
  }
  yield* joined(held);
}

function* joined([first, ...others]: readonly Uint8Array[]): Generator<Uint8Array> {
  if (first !== undefined) yield others.length === 0 ? first : Buffer.concat([first, ...others]);
}

const tooManySmallChunks = (): S3Error =>
  new S3Error(
    "InvalidChunkSizeError",
    `Only the last chunk is allowed to have a size less than ${SMALL_CHUNK_BYTES} bytes: at most ${MAX_SMALL_CHUNKS} are possible here`,
  );

function parseSize(line: string | undefined): number {
  if (line === undefined) throw incomplete("it ends before its last chunk");
  const [, hex] = /^([0-9a-f]{1,12})(;.*)?$/i.exec(line) ?? [];
  if (hex === undefined) throw incomplete(`expected the size of a chunk in hex, got "${line.slice(0, 40)}"`);
  return Number.parseInt(hex, 16);
}

function addTrailer(line: string, trailers: Map<string, string>): void {
  const colon = line.indexOf(":");
  if (colon < 1 || trailers.size === MAX_TRAILERS)
    throw new S3Error(
      "MalformedTrailerError",
      "The request contained trailing data that was not well-formed.",
    );
  trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
}

/** Without its line end; undefined at the end of the body. */
async function readLine(reader: ByteReader): Promise<string | undefined> {
  const line = await reader.line(MAX_LINE_BYTES);
  if (line !== undefined && line.length > MAX_LINE_BYTES && line.at(-1) !== LINE_FEED)
    throw incomplete("a line in it has no end");
  return line?.toString("latin1").trimEnd();
}

const incomplete = (flaw: string): S3Error =>
  new S3Error("IncompleteBody", `The aws-chunked body could not be read: ${flaw}`);
