import { isIPv6 } from "node:net";

/** Labels with dots between them. No label is empty, as the one before a leading dot would be. */
const LABELS = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/**
 * The name or address in a host, in lower case, without port and trailing dot; undefined if it is neither.
 * All comparisons of hosts use it, since one host has many spellings.
 */
export function nameIn(host: string): string | undefined {
  const name = host
    .toLowerCase()
    .replace(/:\d{0,5}$/, "")
    .replace(/\.$/, "");
  return LABELS.test(name) || isIPv6Name(name) ? name : undefined;
}

/** As a URL has it; names below localhost are not meant. */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(hostname);

/** In brackets, with anything before them: clients send `runtime-[::1]`. */
export function isIPv6Name(name: string): boolean {
  const [, address = ""] = /^[a-z0-9._-]*\[([0-9a-z:.%_-]+)\]$/.exec(name) ?? [];
  return isIPv6(address.replace("%25", "%"));
}
