export type RequestBody = Uint8Array | AsyncIterable<Uint8Array | string>;

/** The body of a request of the SDK. */
export function readRequestBody(body: unknown): RequestBody {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === "string") return Buffer.from(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (typeof body === "object" && Symbol.asyncIterator in body) return body as RequestBody;
  throw new TypeError("the body of a request expects bytes, a string or a stream");
}

/** Ends a body at its `content-length`; a shorter body was truncated. */
export async function* bounded(body: RequestBody, length: string | undefined): AsyncGenerator<Uint8Array> {
  let left = length === undefined ? Infinity : Number(length);
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    const kept = bytes.length > left ? bytes.subarray(0, left) : bytes;
    left -= kept.length;
    if (kept.length > 0) yield kept;
    if (left === 0) return;
  }
  if (left > 0 && left !== Infinity)
    throw new Error(`the body ended ${left} bytes before its content-length`);
}
