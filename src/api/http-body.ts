import type { Readable } from "node:stream";
import type { BufferedBody, HttpResponse } from "./http.ts";

/** What a body consists of, in order. */
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

/** Its bytes in one buffer: a copy, since what is stored may be held in memory for the next request. */
export function copyOf(body: BufferedBody): Buffer {
  if (typeof body === "string") return Buffer.from(body);
  return Buffer.concat(body instanceof Uint8Array ? [body] : body);
}
