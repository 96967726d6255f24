import type { Readable } from "node:stream";
import type { BufferedBody, HttpResponse } from "./http.ts";

/** The chunks of a body, in order. */
export const chunksOf = (
  body: NonNullable<HttpResponse["body"]>,
): Readable | readonly (string | Uint8Array)[] => {
  if (typeof body === "string" || body instanceof Uint8Array) return [body];
  return body;
};

export function bodyByteLength(body: BufferedBody): number {
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.byteLength(body);
  return body.reduce((sum, chunk) => sum + chunk.length, 0);
}

/** The body's bytes in one new buffer: a stored body may be kept in memory for the next request. */
export function copyOf(body: BufferedBody): Buffer {
  if (typeof body === "string") return Buffer.from(body);
  return Buffer.concat(body instanceof Uint8Array ? [body] : body);
}
