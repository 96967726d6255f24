import { Readable } from "node:stream";
import type { BreakOff, HttpResponse } from "../api/http.ts";
import { firstBytes } from "../gateway/break-off.ts";

/**
 * What a client of Node.js sees of a connection that breaks off before the status: its error, or
 * nothing at all.
 */
export function breakBeforeStatus(how: BreakOff["how"]): Promise<never> {
  if (how === "hang") return new Promise<never>(() => {});
  const message = how === "reset" ? "read ECONNRESET" : "socket hang up";
  // The name is what the SDK's own transport gives such errors.
  return Promise.reject(Object.assign(new Error(message), { code: "ECONNRESET", name: "TimeoutError" }));
}

/** The body of an answer whose connection breaks off after so many bytes. */
export function brokenBody(
  body: NonNullable<HttpResponse["body"]>,
  afterBytes: number,
  how: BreakOff["how"],
): Readable {
  const beginning = firstBytes(body, afterBytes);
  return how === "hang" ? neverEnding(beginning) : Readable.from(aborted(beginning), { objectMode: false });
}

async function* aborted(beginning: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* beginning;
  throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
}

/** It can be destroyed while nothing comes, which a generator that waits cannot. */
function neverEnding(beginning: AsyncIterable<Uint8Array>): Readable {
  const stream = new Readable({ read: () => {} });
  const fill = async (): Promise<void> => {
    for await (const piece of beginning) stream.push(piece);
  };
  fill().catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))));
  return stream;
}
