import { resolve } from "node:path";
import { isIP } from "node:net";
import { problemOfTlsHosts } from "../../gateway/served-hosts.ts";
import type { TlsOptions } from "../../tls/open-tls.ts";
import type { Line } from "../commands/read-line.ts";
import { namesIn } from "./browser-flags.ts";
import { variableOf, type Environment } from "./flags.ts";
import { readRegionNames } from "./scope-flags.ts";
import { UsageError } from "./usage-error.ts";

/** What goes into a hosts file. */
export interface HostsSettings {
  readonly command: "hosts";
  readonly regions: readonly string[];
  readonly buckets: readonly string[];
  readonly address: string;
}

interface TlsFlags {
  readonly isOn: boolean;
  readonly hosts: string | undefined;
  /** Absolute. */
  readonly folder: string | undefined;
}

/** Undefined for plain HTTP. @throws UsageError */
export function readTls({ isOn, hosts = "", folder }: TlsFlags): TlsOptions | undefined {
  const names = namesIn(hosts);
  if (!isOn && names.length > 0) throw new UsageError("--tls-host needs --tls: certificates are for HTTPS");
  const problem = problemOfTlsHosts(names);
  if (problem !== undefined) throw new UsageError(`--tls-host expects ${problem}`);
  return isOn ? { hosts: names, folder } : undefined;
}

/** Absolute; undefined for the user's own. */
export function readTlsFolder(env: Environment, cwd: string): string | undefined {
  const folder = variableOf(env, "tls-folder");
  return folder === undefined ? undefined : resolve(cwd, folder);
}

/** A label of a host, with more of them after dots (AWS's rules for buckets whose names stand in hosts). */
const BUCKET = /^[a-z0-9][a-z0-9.-]*$/;

/** @throws UsageError */
export function readHostsFlags({ flags }: Line): HostsSettings {
  const [region, bucket, address] = ["region", "bucket", "address"].map((name) =>
    flags[name] === undefined ? undefined : String(flags[name]),
  );
  const buckets = namesIn(bucket ?? "");
  const wrong = buckets.find((name) => !BUCKET.test(name));
  if (wrong !== undefined) throw new UsageError(`--bucket expects names such as dicom-input, got '${wrong}'`);
  if (address !== undefined && isIP(address) === 0)
    throw new UsageError(`--address expects an address such as 127.0.0.1, got '${address}'`);
  return { command: "hosts", regions: readRegionNames(region), buckets, address: address ?? "127.0.0.1" };
}
