import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { unprefixedHost } from "./prefixed-host.ts";

/**
 * A preload: `node --import healthimaging-local/register app.js`. Code that talks to AWS HealthImaging
 * then needs no change but AWS_ENDPOINT_URL_MEDICAL_IMAGING: where the SDK looks for `runtime-localhost` it finds localhost.
 */
const VARIABLES = ["AWS_ENDPOINT_URL_MEDICAL_IMAGING", "AWS_ENDPOINT_URL", "HEALTHIMAGING_LOCAL_ENDPOINT"];

const toHost = (hostname: unknown): unknown => {
  // Read at each look-up: a program may set them itself.
  const endpoints = VARIABLES.map((name) => process.env[name] ?? "");
  return typeof hostname === "string" ? unprefixedHost(hostname, endpoints) : hostname;
};

/** Whatever a look-up takes after the name, and whatever hangs on it. */
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
