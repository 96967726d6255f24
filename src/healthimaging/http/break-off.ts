import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { BreakOff, HttpResponse } from "../../api/http.ts";
import { bodyByteLength, chunksOf } from "../../api/http-body.ts";

/**
 * Sends the beginning of an answer, then breaks off its connection. A stream body is destroyed, whether it
 * was read or not.
 */
export async function breakOff(
  response: ServerResponse,
  answer: HttpResponse,
  { afterBytes, how }: BreakOff,
): Promise<void> {
  const { socket } = response;
  try {
    if (socket === null || response.destroyed) return;
    if (afterBytes !== undefined && !(await sendBeginning(response, answer, afterBytes))) return;
    // Once this empty chunk is written, all bytes before it have reached the system.
    if (afterBytes !== undefined) await new Promise<unknown>((resolve) => socket.write("", resolve));
    if (how === "close") socket.destroySoon();
    else socket.resetAndDestroy();
  } finally {
    if (answer.body instanceof Readable) answer.body.destroy();
  }
}

/** @returns false if the client has disconnected */
async function sendBeginning(
  response: ServerResponse,
  { status, headers, body = "" }: HttpResponse,
  afterBytes: number,
): Promise<boolean> {
  const sent: Record<string, string> = { ...headers };
  if (!(body instanceof Readable)) sent["content-length"] ??= String(bodyByteLength(body));
  response.writeHead(status, sent);
  response.flushHeaders();
  for await (const piece of firstBytes(body, afterBytes))
    if (!response.write(piece) && !(await isDrained(response))) return false;
  return true;
}

/** A stream that replaces a body. Its end destroys the body, even if no byte of it was read. */
export function inPlaceOf(body: HttpResponse["body"], pieces: AsyncIterable<Uint8Array>): Readable {
  const sent = Readable.from(pieces, { objectMode: false });
  if (body instanceof Readable) sent.once("close", () => body.destroy());
  return sent;
}

/** The first bytes of a body, or all if it has fewer. */
export async function* firstBytes(
  body: NonNullable<HttpResponse["body"]>,
  count: number,
): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const piece of chunksOf(body)) {
    const bytes = Buffer.from(piece as Uint8Array);
    if (left === 0) return;
    yield bytes.subarray(0, left);
    left = Math.max(0, left - bytes.length);
  }
}

/** False if the client has disconnected. */
function isDrained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    response.once("drain", () => resolve(true));
    response.once("close", () => resolve(false));
  });
}
