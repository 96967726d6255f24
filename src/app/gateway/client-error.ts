import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { ServiceError } from "../../api/errors.ts";
import type { Clock } from "../../domain/time/clock.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import { answerError } from "../../healthimaging/http/answers.ts";

/** Nothing is logged: malformed bytes from a client are not the emulator's fault. */
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** For a client that has the answer and does not close its side. */
const LINGER_MS = 5000;

/**
 * Answers bytes that are not an HTTP request, or only the beginning of one, as AWS answers errors, and closes
 * the connection.
 * Assumed: broken-http. The code is the closest of those that AWS's front end has
 * (facts: errors#before-an-operation).
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  clock: Pick<Clock, "schedule"> = systemClock,
): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  endWith(socket, toServiceError(error));
  // The client may never close its side. What a late one still sends would be read as the rest of its request; any other
  // may be sending, and a socket that is closed at once would take the answer with it.
  if (isTimeout(error)) socket.once("finish", () => socket.destroy());
  else
    socket.once(
      "close",
      clock.schedule(LINGER_MS, () => socket.destroy()),
    );
}

const isTimeout = ({ code }: NodeJS.ErrnoException): boolean => code === "ERR_HTTP_REQUEST_TIMEOUT";

/** Writes an error as the whole answer of a connection, without a server, and ends it. */
export function endWith(socket: Duplex, error: ServiceError): void {
  const { status, headers, body = "" } = answerError(error, SILENT);
  const text = typeof body === "string" ? body : "";
  const all = { ...headers, "content-length": String(Buffer.byteLength(text)), connection: "close" };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join("")}\r\n${text}`);
}

function toServiceError(cause: NodeJS.ErrnoException): ServiceError {
  if (cause.code === "HPE_INVALID_EOF_STATE") {
    return new ServiceError("RequestAbortedException", "The request was aborted before its body ended", {
      cause,
    });
  }
  if (isTimeout(cause)) {
    return new ServiceError("RequestTimeoutException", "The request took too long to arrive", { cause });
  }
  return new ServiceError("MalformedHttpRequestException", `The request is not HTTP: ${cause.code}`, {
    cause,
  });
}
