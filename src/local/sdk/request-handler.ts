import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { HttpHandler, HttpResponse } from "../../api/http.ts";
import { bodyByteLength, copyOf } from "../../api/http-body.ts";
import { breakBeforeStatus, brokenBody } from "./broken-connection.ts";
import { bounded, readRequestBody, type RequestBody } from "./request-body.ts";

/** A request of the AWS SDK for JavaScript. */
export interface SdkRequest {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  /** Not encoded; null for a name without a value. */
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface SdkResponse {
  statusCode: number;
  headers: Record<string, string>;
  /** The SDK reads answers only as streams (facts: clients#body-of-an-answer). */
  body: Readable;
}

export interface SdkOptions {
  /** The SDK's types still allow signals without listeners. */
  readonly abortSignal?: AbortSignal | { readonly aborted: boolean };
}

/** A `requestHandler` for clients of the AWS SDK for JavaScript. */
export interface RequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest, options?: SdkOptions): Promise<{ response: SdkResponse }>;
  destroy(): void;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

/**
 * Sends requests of the AWS SDK for JavaScript to a gateway without a port. They are the same as over a port:
 * path, query, headers, body and answers.
 */
export function createRequestHandler(handle: HttpHandler): RequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    handle: async (request, { abortSignal } = {}) => ({
      response: await carry(handle, request, abortSignal),
    }),
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}

async function carry(
  handle: HttpHandler,
  request: SdkRequest,
  signal: SdkOptions["abortSignal"],
): Promise<SdkResponse> {
  // As over a socket, other tasks run in between: otherwise a polling client would stop every timer.
  await setImmediate();
  if (signal?.aborted === true) throw abortError(signal);
  const body = readRequestBody(request.body);
  const headers = headersOnTheWire(request, body);
  const answered = handle({
    method: request.method.toUpperCase(),
    path: request.path === "" ? "/" : request.path,
    query: encodeQuery(request.query ?? {}),
    headers,
    body: bounded(body, headers["content-length"]),
    ...(signal instanceof AbortSignal
      ? { whenGone: (task: () => void) => signal.addEventListener("abort", task, { once: true }) }
      : {}),
  }).then((response) => toSdkResponse(request.method, response));
  return signal instanceof AbortSignal ? untilAborted(answered, signal, request.body) : answered;
}

/** A signal aborts the request's body, the wait for the answer, and an answer that is being read. */
async function untilAborted(
  answered: Promise<SdkResponse>,
  signal: AbortSignal,
  requestBody: unknown,
): Promise<SdkResponse> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    const error = abortError(signal);
    if (requestBody instanceof Readable) end(requestBody, error);
    void answered.then(({ body }) => end(body, error)).catch(() => {});
    reject(error);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const forget = (): void => signal.removeEventListener("abort", onAbort);
  try {
    const response = await Promise.race([answered, aborted]);
    response.body.once("close", forget);
    return response;
  } catch (error) {
    forget();
    throw error;
  }
}

/** An error without a listener would end the process. */
const end = (stream: Readable, error: Error): Readable =>
  stream.destroy(stream.listenerCount("error") === 0 ? undefined : error);

function abortError(signal: object): Error {
  const cause: unknown = "reason" in signal ? signal.reason : undefined;
  return Object.assign(new Error("Request aborted", { cause }), { name: "AbortError" });
}

/** Sorted by name, as the SDK's own transports write it and its signatures require. */
function encodeQuery(query: NonNullable<SdkRequest["query"]>): string {
  const names = Object.keys(query).toSorted();
  return names.flatMap((name) => encodeParameter(name, query[name] ?? null)).join("&");
}

function encodeParameter(name: string, value: string | readonly string[] | null): string[] {
  if (value === null) return [encode(name)];
  const values = typeof value === "string" ? [value] : value;
  return values.map((item) => `${encode(name)}=${encode(item)}`);
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Node.js sends no length for a method that usually has no body. */
const WITHOUT_BODY = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

function headersOnTheWire(
  { method, headers }: SdkRequest,
  body: RequestBody,
): Record<string, string | undefined> {
  const sent: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value;
  if (sent["content-length"] !== undefined || sent["transfer-encoding"] !== undefined) return sent;
  if (!(body instanceof Uint8Array)) sent["transfer-encoding"] = "chunked";
  else if (!WITHOUT_BODY.has(method.toUpperCase())) sent["content-length"] = String(body.length);
  return sent;
}

async function toSdkResponse(method: string, response: HttpResponse): Promise<SdkResponse> {
  const { status, headers, body = "", breaksOff } = response;
  if (breaksOff !== undefined) {
    const { afterBytes, how } = breaksOff;
    if (afterBytes === undefined) return breakBeforeStatus(how);
    const sent: Record<string, string> = { ...headers };
    if (!(body instanceof Readable)) sent["content-length"] ??= String(bodyByteLength(body));
    return { statusCode: status, headers: sent, body: brokenBody(body, afterBytes) };
  }
  const isBodyless = method.toUpperCase() === "HEAD" || status === 204 || status === 304;
  if (body instanceof Readable) {
    if (!isBodyless) return { statusCode: status, headers: { ...headers }, body };
    body.destroy();
    return { statusCode: status, headers: { ...headers }, body: Readable.from([]) };
  }
  // A copy: the client may change it.
  const bytes = copyOf(body);
  const hasLength = status !== 204 && status !== 304;
  return {
    statusCode: status,
    headers: hasLength ? { "content-length": String(bytes.length), ...headers } : { ...headers },
    body: Readable.from(isBodyless || bytes.length === 0 ? [] : [bytes], { objectMode: false }),
  };
}
