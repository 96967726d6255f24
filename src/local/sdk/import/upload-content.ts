import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import type { SizedBody } from "../http-client.ts";

/** The size of a file differs from what the system says; the message is shown in the list of failures. */
export class FileChanged extends Error {}

/**
 * The bytes of a file as an upload of exactly its size. It fails if the file has more or fewer, before the
 * last bytes are sent, so that an incomplete file never becomes an object.
 * @throws FileChanged if the size is 0 and there are bytes, as for files in /proc
 */
export async function uploadOf(file: FileHandle): Promise<SizedBody> {
  const { size } = await file.stat();
  if (size > 0)
    return { content: Readable.from(exactly(file, size), { objectMode: false }), byteLength: size };
  const { bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0);
  if (bytesRead > 0) throw new FileChanged("the file has more bytes than its size, 0");
  return { content: Readable.from([]), byteLength: 0 };
}

async function* exactly(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  let held: Buffer | undefined;
  let length = 0;
  for await (const chunk of file.createReadStream({ autoClose: false, start: 0 }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > size) throw new FileChanged(`the file has more bytes than its size, ${size}`);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (length < size) throw new FileChanged(`the file has ${length} bytes, its size is ${size}`);
  if (held !== undefined) yield held;
}
