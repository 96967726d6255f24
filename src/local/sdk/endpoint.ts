/**
 * The URL of an emulator: with its path, for one behind a proxy, and without a slash at its end.
 * @throws TypeError if it is not an HTTP URL
 */
export function readEndpoint(endpoint: string | URL): string {
  const text = String(endpoint);
  const { protocol, host, pathname } = URL.canParse(text) ? new URL(text) : NOWHERE;
  if (protocol !== "http:" && protocol !== "https:")
    throw new TypeError(`expected a URL such as http://127.0.0.1:4464, got '${text}'`);
  return `${protocol}//${host}${pathname}`.replace(/\/+$/, "");
}

const NOWHERE = { protocol: "", host: "", pathname: "" };
