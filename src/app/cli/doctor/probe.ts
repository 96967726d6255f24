import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as requestSecurely } from "node:https";
import { text } from "node:stream/consumers";
import { errorCode } from "../../../api/error-code.ts";
import { isRecord, tryParseJson } from "../../../api/json.ts";
import { USER_AGENT } from "../../../api/user-agent.ts";
import { OPERATIONS } from "../../../local/sdk/control-operations.ts";
import type { TrustedCas } from "../../../local/sdk/http-client.ts";

/** What answers at an address. */
export type Probe =
  | { readonly kind: "emulator"; readonly version: string; readonly failing: readonly string[] }
  /** The emulator, at a name that it does not serve. */
  | { readonly kind: "refused"; readonly hint: string }
  /** The emulator, which was asked by plain HTTP and speaks HTTPS. */
  | { readonly kind: "secure" }
  | { readonly kind: "other"; readonly status: number; readonly server: string | undefined }
  /** By the system's code: ECONNREFUSED, ENOTFOUND ...; empty where nothing came in time. */
  | { readonly kind: "none"; readonly code: string };

const [, HEALTH_PATH] = OPERATIONS.readHealth;
const TIMEOUT_MS = 5_000;

interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ca: TrustedCas;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks once, on a connection of its own. @throws the system's error, or an AbortError */
export async function ask(url: string, { method = "GET", headers = {}, ca }: Question): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = {
    method,
    headers: { "user-agent": USER_AGENT, connection: "close", ...headers },
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  const outgoing = url.startsWith("https:")
    ? requestSecurely(url, { ...options, ca: ca === undefined ? undefined : [ca].flat() })
    : request(url, options);
  outgoing.on("response", resolve).on("error", reject).end();
  const response = await promise;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}

export async function probe(endpoint: string, ca: TrustedCas): Promise<Probe> {
  try {
    return readProbe(await ask(`${endpoint}${HEALTH_PATH}`, { ca }));
  } catch (error) {
    return { kind: "none", code: codeOf(error) };
  }
}

/** A name with several addresses fails with an error for each. */
function codeOf(error: unknown): string {
  if (error instanceof Error && error.name === "AbortError") return "";
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errorCode(first);
}

function readProbe({ status, headers, body }: Reply): Probe {
  const hint = headers["x-local-hint"];
  if (status === 403 && typeof hint === "string") return { kind: "refused", hint };
  if (headers["x-amzn-errortype"] === "MalformedHttpRequestException" && body.includes("HTTPS"))
    return { kind: "secure" };
  const answer = tryParseJson(body);
  if (!isRecord(answer) || typeof answer["version"] !== "string" || !isRecord(answer["parts"]))
    return { kind: "other", status, server: headers["server"]?.toString() };
  const failing = Object.entries(answer["parts"]).filter(
    ([, part]) => isRecord(part) && part["status"] !== "ok",
  );
  return { kind: "emulator", version: answer["version"], failing: failing.map(([name]) => name) };
}
