import { isIP } from "node:net";
import type { RegionChoice } from "../../api/regions.ts";
import type { Log } from "../../domain/log.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import { awsHostsOf, regionsServed } from "./aws-hosts.ts";
import { openLocalCa, type LocalCa } from "./local-ca.ts";
import { ServerCertificates } from "./server-certificates.ts";
import { defaultTlsFolder } from "./tls-folder.ts";

export interface TlsOptions {
  /** More host names and addresses for certificates. The names are also allowed hosts. */
  readonly hosts?: readonly string[] | undefined;
  /** The folder of the CA; by default `.healthimaging-local/tls` in the user's home folder. */
  readonly folder?: string | undefined;
}

interface Served {
  /** What the server listens on. */
  readonly host: string;
  readonly regions?: RegionChoice | undefined;
  /** Those of the service's release. */
  readonly published?: ReadonlySet<string>;
  /** Of unsigned requests. */
  readonly region?: string | undefined;
  readonly serves: (name: string) => boolean;
  readonly log: Pick<Log, "warn">;
}

export interface OpenTls {
  readonly ca: LocalCa;
  readonly certificates: ServerCertificates;
}

/** Opens the CA, and creates the certificates of a server. @throws FolderError */
export async function openTls(options: TlsOptions, served: Served): Promise<OpenTls> {
  const { folder = defaultTlsFolder(), hosts = [] } = options;
  const { host, regions, region, published, serves, log } = served;
  const ca = await openLocalCa(folder, systemClock, log);
  const given = [...hosts, host].filter((name) => name !== "localhost" && !IS_EVERY_ADDRESS.has(name));
  const aws = regionsServed(regions, region, published).flatMap(awsHostsOf);
  const names = new Set([...LOOPBACK, ...given.map(spelt), ...aws]);
  return {
    ca,
    certificates: new ServerCertificates({ ca, names: ["localhost", ...names], serves, clock: systemClock }),
  };
}

const LOOPBACK = ["127.0.0.1", "::1"] as const;
const IS_EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Clients ask for names in lower case. */
const spelt = (name: string): string => (isIP(name) === 0 ? name.toLowerCase() : name);
