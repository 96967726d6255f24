import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { isLoopback, unprefixedHost, withoutPrefix } from "./prefixed-host.ts";

/**
 * A preload: `node --import healthimaging-local/register app.js`. Code that calls AWS HealthImaging then
 * needs no change except AWS_ENDPOINT_URL_MEDICAL_IMAGING: the SDK's look-ups of `runtime-localhost` find
 * localhost.
 */
const VARIABLES = ["AWS_ENDPOINT_URL_MEDICAL_IMAGING", "AWS_ENDPOINT_URL", "HEALTHIMAGING_LOCAL_ENDPOINT"];

const toHost = (hostname: unknown): unknown => {
  // Read at each look-up: a program may set them itself.
  const endpoints = VARIABLES.map((name) => process.env[name] ?? "");
  return typeof hostname === "string" ? unprefixedHost(hostname, endpoints) : hostname;
};

/** The name to try if a prefixed one is not found: only its address shows whether it is this machine's. */
const nextOf = (hostname: unknown): string | undefined =>
  typeof hostname === "string" ? withoutPrefix(hostname) : undefined;

type Call = (...args: unknown[]) => unknown;
const { lookup } = dns;
const { lookup: promisedLookup } = dns.promises;

/** Works with any further arguments of a look-up, and keeps its properties. */
dns.lookup = new Proxy(lookup, {
  apply: (target, self, [hostname, ...others]: unknown[]): unknown => {
    const host = toHost(hostname);
    const next = host === hostname ? nextOf(host) : undefined;
    const answer = others.at(-1);
    if (next === undefined || typeof answer !== "function")
      return Reflect.apply(target, self, [host, ...others]);
    const options = others.slice(0, -1);
    const orNext: Call = (error, ...found) => {
      if (error === null) return Reflect.apply(answer, undefined, [error, ...found]);
      const orError: Call = (failed, ...own) =>
        Reflect.apply(answer, undefined, failed === null && isLoopback(own[0]) ? [null, ...own] : [error]);
      return Reflect.apply(target, self, [next, ...options, orError]);
    };
    return Reflect.apply(target, self, [host, ...options, orNext]);
  },
});

dns.promises.lookup = new Proxy(promisedLookup, {
  apply: async (target, self, [hostname, ...others]: unknown[]): Promise<unknown> => {
    const host = toHost(hostname);
    const next = host === hostname ? nextOf(host) : undefined;
    const ask = async (name: unknown): Promise<unknown> => {
      const found: unknown = await Reflect.apply(target, self, [name, ...others]);
      return found;
    };
    if (next === undefined) return ask(host);
    try {
      return await ask(host);
    } catch (error) {
      const found = await ask(next).catch(() => undefined);
      if (isLoopback(found)) return found;
      throw error;
    }
  },
});
syncBuiltinESMExports();
