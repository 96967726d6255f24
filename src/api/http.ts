import type { Readable } from "node:stream";
import type { ServiceError } from "./errors.ts";

/** One HTTP request, independent of the transport that carried it. */
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
  /** `http` by default. */
  readonly scheme?: "http" | "https" | undefined;
  /** The client's address; undefined in process. */
  readonly sourceAddress?: string | undefined;
  /**
   * Runs `task` once the client has disconnected or has received its answer. Left out where that cannot be
   * detected.
   */
  readonly whenGone?: (task: () => void) => void;
}

/** What a client sees of an answer. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. `content-length` is added where `body` is not a stream. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: BufferedBody | Readable;
  /** Where a scenario breaks the connection off instead of completing the answer. */
  readonly breaksOff?: BreakOff;
}

/** The answer to one request, with what the emulator itself notes about it. */
export interface HttpResponse extends HttpAnswer {
  /** Takes the memory of a piece of a stream back once it has been sent. Without it the piece is left to the collector. */
  readonly takeBack?: (piece: Uint8Array) => void;
  /** What a log may say of an answer that is an error. Not sent. */
  readonly error?: Pick<ServiceError, "message" | "logged">;
  /** Members of the request that the served release does not have, which were ignored. Not sent. */
  readonly ignored?: readonly string[];
}

/** A body of known length: a string, bytes, or consecutive chunks of bytes. */
export type BufferedBody = string | Uint8Array | readonly Uint8Array[];

/** Where and how a connection breaks off. */
export interface BreakOff {
  /** The number of body bytes that are sent before; undefined if nothing is sent, not even the status. */
  readonly afterBytes: number | undefined;
  /** The connection is reset, closed in order, or left hanging and then reset. */
  readonly how: "reset" | "close" | "hang";
}

export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;

/** Answers an HTTP request without a socket, as the server would. */
export type EmulatorHandle = (request: HttpRequest) => Promise<HttpAnswer>;
