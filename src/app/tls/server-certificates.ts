import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import type { Clock } from "../../domain/time/clock.ts";
import { DAY_MS, validFor, type LocalCa } from "./local-ca.ts";
import { createServerCertificate } from "./x509.ts";

export interface ServerCertificatesDependencies {
  readonly ca: LocalCa;
  /** The names of the certificate for clients that ask for one of them, or for none. */
  readonly names: readonly [string, ...string[]];
  /** Whether a host that a client asks for has a certificate of its own. */
  readonly serves: (name: string) => boolean;
  /** The machine's clock: clients check certificates by theirs. */
  readonly clock: Pick<Clock, "now">;
}

interface Issued {
  readonly context: SecureContext;
  readonly renewAt: number;
}

/** Apple's systems accept at most 825, browsers at most 398 of a public CA. */
const DAYS = 90;
const RENEWAL_DAYS = 30;

/** The maximum number of hosts whose certificates are kept in memory. */
const MAX_KEPT = 256;

/**
 * The certificates of a server, by the host that a client asks for. They and their key are in memory alone, and each is
 * replaced by a new one before it expires.
 */
export class ServerCertificates {
  readonly #dependencies: ServerCertificatesDependencies;
  readonly #key: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  readonly #issued = new Map<string, Issued>();

  constructor(dependencies: ServerCertificatesDependencies) {
    this.#dependencies = dependencies;
  }

  /** @param name undefined where the client asks for an address, or for nothing */
  contextFor(name: string | undefined): SecureContext {
    const { names, serves } = this.#dependencies;
    const isOfItsOwn = name !== undefined && !names.includes(name) && serves(name);
    const [first] = isOfItsOwn ? [name] : names;
    const kept = this.#issued.get(first);
    if (kept !== undefined && this.#dependencies.clock.now() < kept.renewAt) return kept.context;
    const issued = this.#issue(isOfItsOwn ? [name] : names);
    if (this.#issued.size === MAX_KEPT) this.#issued.clear();
    this.#issued.set(first, issued);
    return issued.context;
  }

  /** Whether a certificate can name this host. */
  has(name: string): boolean {
    return this.#dependencies.names.includes(name) || this.#dependencies.serves(name);
  }

  #issue(names: readonly [string, ...string[]]): Issued {
    const { ca, clock } = this.#dependencies;
    const { notBefore, notAfter } = validFor(DAYS, clock.now());
    const validity = { notBefore, notAfter: Math.min(notAfter, ca.notAfter) };
    const key = this.#key;
    const certificate = createServerCertificate({ caKey: ca.key, key, names, ...validity });
    const context = createSecureContext({
      key: key.export({ type: "pkcs8", format: "pem" }),
      cert: certificate,
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
    });
    return { context, renewAt: validity.notAfter - RENEWAL_DAYS * DAY_MS };
  }
}
