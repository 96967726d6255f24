import { ServiceError } from "../../api/errors.ts";
import type { HttpRequest } from "../../api/http.ts";

/** A body that has already been read. */
export class WholeBody implements AsyncIterable<Uint8Array> {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield this.bytes;
  }
}

/**
 * Reads the entire body.
 * @param maxByteLength a larger body is refused before it is held in memory
 * @throws ServiceError RequestEntityTooLargeException, whose limit AWS does not document
 */
export async function readBody(request: HttpRequest, maxByteLength: number): Promise<Uint8Array> {
  const refuse = (): never => {
    throw new ServiceError(
      "RequestEntityTooLargeException",
      `The request body is larger than ${maxByteLength} bytes`,
    );
  };
  if (request.body instanceof WholeBody && request.body.bytes.length <= maxByteLength)
    return request.body.bytes;
  if (Number(request.headers["content-length"] ?? 0) > maxByteLength) refuse();
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of whole(request.body)) {
    byteLength += chunk.length;
    if (byteLength > maxByteLength) refuse();
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** A client that disconnects in the middle of its body is not the emulator's fault. */
async function* whole(body: HttpRequest["body"]): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new ServiceError("RequestAbortedException", "The request was aborted before its body ended", {
      cause,
    });
  }
}
