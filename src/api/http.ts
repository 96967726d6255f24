import type { Readable } from "node:stream";
import type { ServiceError } from "./errors.ts";

/** One HTTP request as every front of the emulator sees it, whatever carried it. */
export interface HttpRequest {
  /** Upper case: `GET`, `POST` ... */
  readonly method: string;
  /** The path as it was sent, percent-encoding kept, without the query. Starts with `/`. */
  readonly path: string;
  /** The query as it was sent, without the `?`; empty when there is none. */
  readonly query: string;
  /** Names in lower case; values of repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body's bytes as they arrive; may be read once. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The address that it came from; undefined in process. */
  readonly sourceAddress?: string | undefined;
  /** Runs `task` when the client has gone away or has had its answer; left out, nobody can tell. */
  readonly whenGone?: (task: () => void) => void;
}

/** What one request is answered with. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. `content-length` is added where `body` is not a stream. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: BufferedBody | Readable;
  /** How the connection breaks off instead of carrying the answer to its end: a scenario's doing. */
  readonly breaksOff?: BreakOff;
  /** Of an answer that is one of the API's errors. Not sent. */
  readonly error?: ServiceError;
  /** Members of the request that are newer than the service of 2024-05, and so were ignored. Not sent. */
  readonly ignored?: readonly string[];
}

/** A body whose length is known: text, bytes, or chunks of bytes that follow one another. */
export type BufferedBody = string | Uint8Array | readonly Uint8Array[];

/** Where and how a connection breaks off. */
export interface BreakOff {
  /** So much of the body is sent before; undefined where nothing is, not even the status. */
  readonly afterBytes: number | undefined;
  /** It is reset, closed in order, or reset after it was left hanging. */
  readonly how: "reset" | "close" | "hang";
}

export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;
