import { hostname as machineName } from "node:os";

/** Prefixes that AWS adds to an endpoint's host for the operations of image sets and of DICOMweb. */
const PREFIX = /^(?:runtime|dicom)-(.+)$/i;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;
/** Names below localhost are this machine (RFC 6761, 6.3), but not every system resolves them. */
const BELOW_LOCALHOST = /\.localhost$/i;
/** By which a container calls the machine that it runs on. */
const HOST_OF_CONTAINER =
  /^(?:host\.docker|gateway\.docker|host\.containers|host\.testcontainers)\.internal$/i;

/** What a name with a prefix would be without; undefined where it has none. */
export const withoutPrefix = (hostname: string): string | undefined => PREFIX.exec(hostname)?.[1];

/**
 * Removes the prefix if the emulator is on that host: on this machine, by any of its names, or on the host of one of
 * `endpoints`. Any other name is returned unchanged.
 * @param endpoints URLs; other strings are ignored
 * @param machine the machine's own name
 */
export function unprefixedHost(
  hostname: string,
  endpoints: readonly string[],
  machine: string = machineName(),
): string {
  const host = withoutPrefix(hostname);
  if (host === undefined) return hostname;
  if (BELOW_LOCALHOST.test(host)) return "localhost";
  const name = host.toLowerCase();
  const isEmulator =
    LOOPBACK.test(host) ||
    HOST_OF_CONTAINER.test(host) ||
    isMachine(name, machine.toLowerCase()) ||
    endpoints.some((endpoint) => hostOf(endpoint) === name);
  return isEmulator ? host : hostname;
}

/** `laptop` is also called `laptop.local`, and `laptop.example` is also called `laptop`. */
const isMachine = (name: string, machine: string): boolean =>
  [machine, machine.split(".")[0], `${machine}.local`].includes(name);

/** @param found what `dns.lookup` found: an address, or all of them */
export function isLoopback(found: unknown): boolean {
  if (Array.isArray(found)) return found.length > 0 && found.every(isLoopback);
  const address: unknown =
    typeof found === "object" && found !== null ? Reflect.get(found, "address") : found;
  return typeof address === "string" && /^(?:127\.|::1$)/.test(address);
}

const hostOf = (endpoint: string): string | undefined =>
  URL.canParse(endpoint) ? new URL(endpoint).hostname.toLowerCase() : undefined;
