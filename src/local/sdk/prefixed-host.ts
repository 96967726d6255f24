/** Prefixes that AWS adds to an endpoint's host for the operations of image sets and of DICOMweb. */
const PREFIX = /^(?:runtime|dicom)-(.+)$/i;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/**
 * Removes the prefix if the emulator is on that host: on this machine, or on the host of one of `endpoints`.
 * Any other name is returned unchanged.
 * @param endpoints URLs; other strings are ignored
 */
export function unprefixedHost(hostname: string, endpoints: readonly string[]): string {
  const host = PREFIX.exec(hostname)?.[1];
  if (host === undefined) return hostname;
  const isEmulator =
    LOOPBACK.test(host) || endpoints.some((endpoint) => hostOf(endpoint) === host.toLowerCase());
  return isEmulator ? host : hostname;
}

const hostOf = (endpoint: string): string | undefined =>
  URL.canParse(endpoint) ? new URL(endpoint).hostname.toLowerCase() : undefined;
