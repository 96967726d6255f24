import { Agent, request, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { withBackOff, type Pause } from "./back-off.ts";

export interface LocalApiOptions {
  /** `http://127.0.0.1:4464` */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly region: string;
  /** Between the attempts of a call that is throttled; real time where left out. */
  readonly pause?: Pause;
}

/** A body of known length. */
export interface Upload {
  readonly content: Readable;
  readonly byteLength: number;
}

interface CallAnswer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** An answer that is an error, as the emulator worded it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, hint?: string) {
    super(`${code}: ${message}${hint === undefined ? "" : ` (${hint})`}`);
    this.status = status;
    this.code = code;
  }
}

/** Talks to a running emulator over plain HTTP, without an SDK: for the command line. */
export class LocalApi {
  readonly #options: LocalApiOptions;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(options: LocalApiOptions) {
    this.#options = options;
  }

  /** An operation of the API, or a path of `/_local`: JSON in, JSON out. */
  async json(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await this.bytes(method, path, body);
    return JSON.parse(answer.toString()) as Record<string, unknown>;
  }

  /** An operation of the API that answers bytes. */
  bytes(method: string, path: string, body?: object): Promise<Buffer> {
    const text = body === undefined ? "" : JSON.stringify(body);
    return withBackOff(
      () => this.#send("medical-imaging", method, path, text),
      (error) => error instanceof ApiError && error.code === "ThrottlingException",
      this.#options.pause,
    );
  }

  /** A path of `/_local`, whatever the answer's status. */
  async call(method: string, path: string, body?: object | Uint8Array): Promise<CallAnswer> {
    const sent = body instanceof Uint8Array ? body : body === undefined ? "" : JSON.stringify(body);
    const response = await this.#open("medical-imaging", method, path, sent);
    return { bytes: await buffer(response), status: response.statusCode ?? 0 };
  }

  s3(method: string, bucket: string, key = "", body: string | Upload = ""): Promise<Buffer> {
    const path = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
    return this.#send("s3", method, `/${path}`, body);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(service: string, method: string, path: string, body: string | Upload): Promise<Buffer> {
    const response = await this.#open(service, method, path, body);
    const answer = await buffer(response);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300) return answer;
    const code = headers["x-amzn-errortype"] ?? between(answer, "<Code>", "</Code>") ?? `HTTP ${statusCode}`;
    const hint = headers["x-local-hint"];
    throw new ApiError(statusCode, String(code), readMessage(answer), hint && String(hint));
  }

  #open(
    service: string,
    method: string,
    path: string,
    body: string | Uint8Array | Upload,
  ): Promise<IncomingMessage> {
    const { endpoint, accessKeyId, region } = this.#options;
    const byteLength = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, endpoint), {
        method,
        agent: this.#agent,
        headers: {
          "content-length": byteLength,
          authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20240501/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
        },
      });
      outgoing.on("response", resolve).on("error", reject);
      if (typeof body === "string" || body instanceof Uint8Array) outgoing.end(body);
      else body.content.on("error", (error) => outgoing.destroy(error)).pipe(outgoing);
    });
  }
}

function readMessage(answer: Buffer): string {
  const ofXml = between(answer, "<Message>", "</Message>");
  if (ofXml !== undefined) return ofXml;
  try {
    return String((JSON.parse(answer.toString()) as { message?: unknown }).message);
  } catch {
    return answer.toString().slice(0, 200);
  }
}

function between(answer: Buffer, open: string, close: string): string | undefined {
  const text = answer.toString();
  const start = text.indexOf(open);
  const end = text.indexOf(close, start);
  return start < 0 || end < 0 ? undefined : text.slice(start + open.length, end);
}
