import { errorCode } from "../../../api/error-code.ts";
import { isRecord } from "../../../api/json.ts";
import { USER_AGENT } from "../../../api/user-agent.ts";
import { OPERATIONS } from "../../../local/sdk/control-operations.ts";

/** What answers at an address. */
export type Probe =
  | { readonly kind: "emulator"; readonly version: string; readonly failing: readonly string[] }
  /** The emulator, at a name that it does not serve. */
  | { readonly kind: "refused"; readonly hint: string }
  | { readonly kind: "other"; readonly status: number; readonly server: string | undefined }
  /** By the system's code: ECONNREFUSED, ENOTFOUND ...; empty where nothing came in time. */
  | { readonly kind: "none"; readonly code: string };

const [, HEALTH_PATH] = OPERATIONS.readHealth;
const TIMEOUT_MS = 5_000;

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws the system's error, or that of a time-out */
export const ask = (url: string, { method = "GET", headers = {} }: Asked = {}): Promise<Response> =>
  fetch(url, {
    method,
    headers: { "user-agent": USER_AGENT, connection: "close", ...headers },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });

export async function probe(endpoint: string): Promise<Probe> {
  try {
    return await readProbe(await ask(`${endpoint}${HEALTH_PATH}`));
  } catch (error) {
    const { cause } = error instanceof Error ? error : { cause: undefined };
    return { kind: "none", code: codeOf(cause) };
  }
}

/** A name with several addresses fails with an error for each. */
function codeOf(cause: unknown): string {
  const [first]: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return errorCode(first);
}

async function readProbe(response: Response): Promise<Probe> {
  const { status, headers } = response;
  const hint = headers.get("x-local-hint");
  if (status === 403 && hint !== null) return { kind: "refused", hint };
  const answer: unknown = await response.json().catch(() => undefined);
  if (!isRecord(answer) || typeof answer["version"] !== "string" || !isRecord(answer["parts"]))
    return { kind: "other", status, server: headers.get("server") ?? undefined };
  const failing = Object.entries(answer["parts"]).filter(
    ([, part]) => isRecord(part) && part["status"] !== "ok",
  );
  return { kind: "emulator", version: answer["version"], failing: failing.map(([name]) => name) };
}
