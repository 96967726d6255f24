import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { unprefixedHost } from "./prefixed-host.ts";

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

/** Works with any further arguments of a look-up, and keeps its properties. */
const mapped = <Lookup extends typeof dns.lookup | typeof dns.promises.lookup>(lookup: Lookup): Lookup =>
  new Proxy(lookup, {
    apply: (target, self, [hostname, ...others]: unknown[]): unknown =>
      Reflect.apply(target, self, [toHost(hostname), ...others]),
  });

const { lookup } = dns;
const { lookup: promisedLookup } = dns.promises;
dns.lookup = mapped(lookup);
dns.promises.lookup = mapped(promisedLookup);
syncBuiltinESMExports();
