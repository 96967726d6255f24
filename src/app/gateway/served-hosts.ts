import { isIP } from "node:net";
import { hostname } from "node:os";
import { isAwsHost } from "./endpoints.ts";
import { isIPv6Name, nameIn } from "./host-name.ts";

/** Names that no registry delegates (RFC 6761, 6762, 8375, ICANN's `.internal`), and Kubernetes' own. */
const PRIVATE_NAME = /\.(?:localhost|internal|local|lan|test|svc|cluster\.local|home\.arpa)$/;
/**
 * The end of an IP address, or of a name in a network of Docker Compose (`imaging.shop_default`): a top-level
 * domain neither consists of digits nor has an underscore (RFC 3696, 2), so it cannot be registered.
 */
const NOT_REGISTRABLE = /\.(?:\d+|[a-z0-9-]*_[a-z0-9_-]*)$/;
/** Prefixes that AWS SDKs add to an endpoint's host for some operations. */
const PREFIX = /^(?:runtime-|dicom-)/;

const MAX_REMEMBERED = 256;

/**
 * The host names of this emulator. A name that others can register could resolve to this machine (DNS
 * rebinding); a page of that name would then have the emulator's own origin.
 */
export class ServedHosts {
  readonly #allowed: readonly string[];
  readonly #servesAll: boolean;
  /** Accepted `Host` headers, as they were sent. */
  readonly #remembered = new Set<string>();

  /**
   * @param allowed additional names, each with all its subdomains; `*` allows every name
   * @throws TypeError for an invalid host name
   */
  constructor(allowed: readonly string[]) {
    const problem = problemOfAllowed(allowed);
    if (problem !== undefined) throw new TypeError(`allowHost expects ${problem}`);
    this.#servesAll = allowed.includes("*");
    this.#allowed = allowed.map((name) => nameIn(name)).filter((name) => name !== undefined);
  }

  /** How many hosts are remembered. */
  get remembered(): number {
    return this.#remembered.size;
  }

  /** @param host of a request, with or without a port */
  has(host: string): boolean {
    if (this.#servesAll || this.#remembered.has(host)) return true;
    const name = nameIn(host);
    const isServed = name !== undefined && [name, name.replace(PREFIX, "")].some((one) => this.#serves(one));
    if (isServed) this.#remember(host);
    return isServed;
  }

  #serves(name: string): boolean {
    return isPrivate(name) || isAwsHost(name) || this.#isAllowed(name);
  }

  /**
   * A bucket's name may come first. The machine's own name may have no dot and be a top-level domain such as
   * `dev`.
   */
  #isAllowed(name: string): boolean {
    const own = ownName();
    const names = own.includes(".") ? [...this.#allowed, own] : this.#allowed;
    return name === own || names.some((allowed) => name === allowed || name.endsWith(`.${allowed}`));
  }

  #remember(host: string): void {
    if (this.#remembered.size === MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.add(host);
  }
}

/**
 * What is wrong with the additional names, as a phrase after `--allow-host expects`; undefined if nothing is.
 */
export function problemOfAllowed(allowed: readonly string[]): string | undefined {
  const wrong = allowed.find((name) => name !== "*" && nameIn(name) === undefined);
  if (wrong === undefined) return undefined;
  return `host names such as imaging.example, which serve all names below them, or '*', got '${wrong}'`;
}

/** The same of the names that certificates are to have besides, after `--tls-host expects`. */
export function problemOfTlsHosts(hosts: readonly string[]): string | undefined {
  const wrong = hosts.find((name) => isIP(name) === 0 && nameIn(name) !== name.toLowerCase());
  if (wrong === undefined) return undefined;
  return `host names such as imaging.example, and addresses, without a port, got '${wrong}'`;
}

function isPrivate(name: string): boolean {
  if (name === "") return false;
  return !name.includes(".") || isIPv6Name(name) || PRIVATE_NAME.test(name) || NOT_REGISTRABLE.test(name);
}

/** The machine's name may change while a laptop moves. */
const ownName = (): string => nameIn(hostname()) ?? "";
