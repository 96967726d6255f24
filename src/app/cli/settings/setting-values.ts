import { LimitError } from "../../../domain/limits/limit-input.ts";
import { readEndpoint } from "../../../local/sdk/endpoint.ts";
import { START_DEFAULTS } from "../../../local/sdk/start-defaults.ts";
import { notEmpty, readSwitch, variableOf, type Environment } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

export function oneOf<T extends string>(flag: string, allowed: readonly T[], text: string): T {
  const found = allowed.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(`${flag} expects one of ${allowed.join(", ")}, got '${text}'`);
}

export function readPort(text: string | undefined): number {
  if (text === undefined) return START_DEFAULTS.server.port;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  const hint = text.startsWith("tcp://") ? OF_KUBERNETES : "";
  throw new UsageError(`--port expects a number from 0 to 65535, got '${text}'${hint}`);
}

/** Kubernetes sets `NAME_PORT=tcp://ADDRESS:PORT` in each pod, for each service of the namespace. */
const OF_KUBERNETES =
  ". Kubernetes sets HEALTHIMAGING_LOCAL_PORT to it for a service named healthimaging-local: add " +
  "enableServiceLinks: false to the pod, give --port, or rename the service";

export function readEndpointSetting(flag: string | undefined, env: Environment): string {
  const port = readPort(notEmpty(env["HEALTHIMAGING_LOCAL_PORT"]));
  const scheme = readSwitch("tls", variableOf(env, "tls")) ? "https" : "http";
  const text = flag ?? notEmpty(env["HEALTHIMAGING_LOCAL_ENDPOINT"]) ?? `${scheme}://127.0.0.1:${port}`;
  try {
    return readEndpoint(HOST_AND_PORT.test(text) ? `${scheme}://${text}` : text);
  } catch {
    throw new UsageError(`--endpoint expects a URL such as http://127.0.0.1:4464, got '${text}'`);
  }
}

/** `localhost:4471`, `[::1]:4471`: a URL without its scheme. */
const HOST_AND_PORT = /^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}(?:\/|$)/i;

/** Turns a limit's error into a usage error. */
export function asUsage<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof LimitError ? new UsageError(`${flag}: ${error.message}`) : error;
  }
}
