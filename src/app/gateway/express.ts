import {
  createServer,
  STATUS_CODES,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Router, type Request, type Response } from "express";
import { ServiceError } from "../../api/errors.ts";
import type { BufferedBody, HttpHandler, HttpRequest, HttpResponse } from "../../api/http.ts";
import { bodyByteLength } from "../../api/http-body.ts";
import type { Log } from "../../domain/log.ts";
import { answerError, answerServiceError } from "../../healthimaging/http/answers.ts";
import { breakOff } from "../../healthimaging/http/break-off.ts";
import { answerClientError } from "./client-error.ts";

/** Longer than the idle time-out of the SDKs' connection pools, so that the clients close first. */
const KEEP_ALIVE_MS = 65_000;

type CreateServer = (options: ServerOptions, listener: RequestListener) => Server;

/**
 * Creates a server, not yet listening, that passes every request to the gateway.
 * @param create creates the server itself: another kind for encrypted connections
 */
export const createHttpServer = (handle: HttpHandler, create?: CreateServer): Server =>
  serverFactory(handle)(create);

/** As `createHttpServer`, for several servers of one gateway. */
export function serverFactory(
  handle: HttpHandler,
  log: Pick<Log, "error"> = console,
): (create?: CreateServer) => Server {
  const router = createRouter(handle);
  return (create = createServer) => {
    // By default Node.js itself refuses a request without Host, and sends no body.
    const server = create({ requireHostHeader: false }, (request, response) => {
      readTarget(request);
      if (request.headers.host === undefined && request.httpVersion !== "1.0") refuseWithoutHost(response);
      else router(request as Request, response as Response, (error) => answerUnsent(response, error, log));
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    // A client that has sent everything may close its side before it is answered: `printf ... | nc`.
    Object.assign(server, { httpAllowHalfOpen: true });
    server.on("clientError", answerClientError);
    return server;
  };
}

/** For an answer that Node.js refuses to send, such as one with an invalid header. The gateway answers all other errors. */
function answerUnsent(response: ServerResponse, error: unknown, log: Pick<Log, "error">): void {
  const { status, headers, body = "" } = answerError(error, log);
  if (response.headersSent || typeof body !== "string") {
    response.destroy();
    return;
  }
  // What Node.js has kept of the refused head is overridden.
  const length = { "content-length": String(Buffer.byteLength(body)) };
  response.writeHead(status, STATUS_CODES[status], { ...headers, ...length }).end(body);
}

/**
 * A router, not an application: what that adds to each request and answer is not used, and takes a start and every
 * request its time.
 */
function createRouter(handle: HttpHandler): Router {
  const router = Router();
  router.use(async (request: Request, response: Response) => {
    const answer = await handle(readRequest(request, response));
    try {
      await writeResponse(response, answer);
    } finally {
      // Also if the client disconnected before the body was read: the body may hold a file open.
      if (answer.body instanceof Readable) answer.body.destroy();
      // The rest of a body that its handler did not read: the client may be sending it before it reads the answer.
      request.resume();
    }
  });
  return router;
}

/**
 * The first line of a proxied request has the entire URL (`GET http://host/path`), whose host takes
 * precedence (RFC 9112, 3.2.2).
 */
function readTarget(request: IncomingMessage): void {
  const { url = "" } = request;
  const [whole = "", authority = ""] = /^https?:\/\/([^/?]*)/i.exec(url) ?? [];
  const target = url.slice(whole.length);
  request.url = target === "" || target.startsWith("?") ? `/${target}` : target;
  if (authority !== "") request.headers.host = authority;
}

/** An HTTP/1.1 request must have a Host header (RFC 9112, 3.2). */
function refuseWithoutHost(response: ServerResponse): void {
  const error = new ServiceError("MalformedHttpRequestException", "The request has no Host header");
  const { status, headers, body = "" } = answerServiceError(error);
  response.writeHead(status, { ...headers, connection: "close" });
  response.end(body);
}

function readRequest(request: IncomingMessage, response: Response): HttpRequest {
  const [path = "", ...query] = (request.url ?? "/").split("?");
  return {
    method: request.method ?? "GET",
    path: path === "" ? "/" : path,
    query: query.join("?"),
    headers: joinHeaders(request.headers),
    body: untilRead(request),
    sourceAddress: request.socket.remoteAddress,
    whenGone: (task) => runWhenGone(request, response, task),
  };
}

/**
 * A handler that stops reading leaves the rest where it is: a body that is destroyed takes its connection with it, and
 * the client may lose the answer.
 */
const untilRead = (request: IncomingMessage): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }),
});

/** Of a client that has closed its side nobody can tell whether it still reads: what waits ends. */
function runWhenGone({ socket }: IncomingMessage, response: Response, task: () => void): void {
  const run = (): void => {
    socket.off("end", run);
    response.off("close", run);
    task();
  };
  socket.once("end", run);
  response.once("close", run);
}

function joinHeaders(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  const joined: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) {
    joined[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return joined;
}

async function writeResponse(response: Response, answer: HttpResponse): Promise<void> {
  const { status, headers, body = "", breaksOff, takeBack } = answer;
  if (breaksOff !== undefined) return breakOff(response, answer, breaksOff);
  if (body instanceof Readable) {
    if (!response.destroyed) response.writeHead(status, headers);
    // If a client disconnects, or a file ends early, only this connection ends.
    const sink = takeBack === undefined ? response : takingBack(response, takeBack);
    await pipeline(body, sink).catch(() => response.destroy());
    return;
  }
  if (response.destroyed) return;
  const hasLength = status !== 204 && status !== 304;
  response.writeHead(
    status,
    hasLength ? { "content-length": String(bodyByteLength(body)), ...headers } : headers,
  );
  send(response, body);
}

/** Hands each piece back once the system has its bytes. */
const takingBack = (response: Response, takeBack: (piece: Uint8Array) => void): Writable =>
  new Writable({
    write: (piece: Uint8Array, _encoding, done) => {
      response.write(piece, (error) => {
        if (!error) takeBack(piece);
        done(error);
      });
    },
    final: (done) => void response.end(done),
  });

/**
 * Sends all chunks as one write. The last one goes with `end`: an `end` without bytes is a write of its own.
 */
function send(response: Response, body: BufferedBody): void {
  if (typeof body === "string" || body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  for (const chunk of body.slice(0, -1)) response.write(chunk);
  response.end(body.at(-1));
}
