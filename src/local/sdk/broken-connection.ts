import type { Readable } from "node:stream";
import type { BreakOff, HttpResponse } from "../../api/http.ts";
import { firstBytes, inPlaceOf } from "../../healthimaging/http/break-off.ts";

/** The error of a Node.js client whose connection breaks off before the status. */
export function breakBeforeStatus(how: BreakOff["how"]): Promise<never> {
  const message = how === "close" ? "socket hang up" : "read ECONNRESET";
  // The SDK's own transport gives such errors this name.
  return Promise.reject(Object.assign(new Error(message), { code: "ECONNRESET", name: "TimeoutError" }));
}

/** The body of an answer whose connection breaks off after that many bytes. */
export const brokenBody = (body: NonNullable<HttpResponse["body"]>, afterBytes: number): Readable =>
  inPlaceOf(body, aborted(firstBytes(body, afterBytes)));

async function* aborted(beginning: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* beginning;
  throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
}
