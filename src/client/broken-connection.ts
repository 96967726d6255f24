import { once } from "node:events";
import { Readable } from "node:stream";
import type { BreakOff, HttpResponse } from "../api/http.ts";
import { keepAlive } from "../domain/system-clock.ts";
import { firstBytes } from "../gateway/break-off.ts";

/**
 * What a client of Node.js sees of a connection that breaks off before the status: its error, or
 * nothing at all.
 * @param ended when one that hangs ends after all
 */
export async function breakBeforeStatus(how: BreakOff["how"], ended: AbortSignal): Promise<never> {
  if (how === "hang") await hangUntil(ended);
  const message = how === "close" ? "socket hang up" : "read ECONNRESET";
  // The name is what the SDK's own transport gives such errors.
  throw Object.assign(new Error(message), { code: "ECONNRESET", name: "TimeoutError" });
}

/** Keeps the process up, as an open socket does. */
async function hangUntil(ended: AbortSignal): Promise<void> {
  const letGo = keepAlive();
  if (!ended.aborted) await once(ended, "abort");
  letGo();
}

/** The body of an answer whose connection breaks off after so many bytes. */
export function brokenBody(
  body: NonNullable<HttpResponse["body"]>,
  afterBytes: number,
  how: BreakOff["how"],
  ended: AbortSignal,
): Readable {
  const beginning = firstBytes(body, afterBytes);
  return how === "hang"
    ? neverEnding(beginning, ended)
    : Readable.from(aborted(beginning), { objectMode: false });
}

async function* aborted(beginning: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* beginning;
  throw abortedError();
}

const abortedError = (): Error => Object.assign(new Error("aborted"), { code: "ECONNRESET" });

/** It can be destroyed while nothing comes, which a generator that waits cannot. */
function neverEnding(beginning: AsyncIterable<Uint8Array>, ended: AbortSignal): Readable {
  const stream = new Readable({ read: () => {} });
  const closed = new AbortController();
  stream.once("close", () => closed.abort());
  void hangUntil(AbortSignal.any([ended, closed.signal])).then(() => {
    stream.destroy(stream.listenerCount("error") === 0 ? undefined : abortedError());
  });
  const fill = async (): Promise<void> => {
    for await (const piece of beginning) stream.push(piece);
  };
  fill().catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))));
  return stream;
}
