import type { EmulatorHandle } from "../../api/http.ts";
import { withBackOff, type Pause } from "./back-off.ts";
import {
  clientInProcess,
  clientOf,
  type HttpClient,
  type HttpResult,
  type SizedBody,
  type TrustedCas,
} from "./http-client.ts";

export interface LocalApiOptions {
  /** `http://127.0.0.1:4464`, or the `handle` of an emulator in this process. */
  readonly endpoint: string | EmulatorHandle;
  readonly accessKeyId: string;
  readonly region: string;
  readonly ca?: TrustedCas;
  /** Waits between the attempts of a throttled call; real time by default. */
  readonly pause?: Pause;
}

/** An error answer, with the emulator's message. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, hint?: string) {
    super(`${code}: ${message}${hint === undefined ? "" : ` (${hint})`}`);
    this.status = status;
    this.code = code;
  }
}

/** Calls an emulator without an SDK: for the command line, and for tests' imports. */
export class LocalApi {
  readonly #options: LocalApiOptions;
  readonly #httpClient: HttpClient;

  constructor(options: LocalApiOptions) {
    const { endpoint, ca } = options;
    this.#options = options;
    this.#httpClient = typeof endpoint === "function" ? clientInProcess(endpoint) : clientOf(endpoint, ca);
  }

  /** An operation of the API: JSON in, JSON out. */
  async json(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await this.bytes(method, path, body);
    return JSON.parse(answer.toString()) as Record<string, unknown>;
  }

  /** An operation of the API that returns bytes. */
  bytes(method: string, path: string, body?: object): Promise<Buffer> {
    const text = body === undefined ? "" : JSON.stringify(body);
    return withBackOff(
      () => this.#send("medical-imaging", method, path, text),
      (error) => error instanceof ApiError && error.code === "ThrottlingException",
      this.#options.pause,
    );
  }

  /** A path of `/_local`, whatever the answer's status. */
  call(method: string, path: string, body: string | Uint8Array): Promise<HttpResult> {
    return this.#carry("medical-imaging", method, path, body);
  }

  s3(method: string, bucket: string, key = "", body: string | SizedBody = ""): Promise<Buffer> {
    const path = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
    return this.#send("s3", method, `/${path}`, body);
  }

  close(): void {
    this.#httpClient.close();
  }

  async #send(service: string, method: string, path: string, body: string | SizedBody): Promise<Buffer> {
    const { status, headers, bytes } = await this.#carry(service, method, path, body);
    if (status < 300) return bytes;
    const code = headers["x-amzn-errortype"] ?? between(bytes, "<Code>", "</Code>") ?? `HTTP ${status}`;
    const hint = headers["x-local-hint"];
    throw new ApiError(status, String(code), readMessage(bytes), hint && String(hint));
  }

  #carry(
    service: string,
    method: string,
    path: string,
    body: string | Uint8Array | SizedBody,
  ): Promise<HttpResult> {
    const { accessKeyId, region } = this.#options;
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20240501/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`;
    return this.#httpClient.carry({ method, path, authorization, body });
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
