import type { TrustedCas } from "../../../local/sdk/http-client.ts";
import { trustedCasFor, trustFilesFor } from "../../tls/trusted-cas.ts";
import type { TrustFiles } from "../../tls/tls-folder.ts";
import { notEmpty, type Environment } from "../settings/flags.ts";
import type { Machine } from "./machine.ts";
import { probe, type Probe } from "./probe.ts";
import { readSharedConfig, nestedSection, plainValue, type SharedConfig } from "./shared-config.ts";

/** Everything that the checks look at, each thing read once. */
export interface DoctorContext {
  /** Where the emulator is, or would be: `http://127.0.0.1:4464`. */
  readonly endpoint: string;
  /** Its host, without brackets. */
  readonly host: string;
  /** A page that is to read answers. */
  readonly origin: string | undefined;
  readonly env: Environment;
  /** Of this command. */
  readonly version: string;
  readonly machine: Machine;
  readonly probe: Probe;
  /** By which an endpoint of HTTPS is checked; undefined for the public CAs. */
  readonly ca: TrustedCas;
  /** The files of the CA on this machine, for an endpoint of HTTPS. */
  readonly trustFiles: TrustFiles | undefined;
  readonly config: SharedConfig;
  /** Whether variables or the configuration file aim clients of HealthImaging somewhere. */
  readonly reliesOnEnvironment: boolean;
}

export interface DoctorOptions {
  readonly endpoint: string;
  readonly origin: string | undefined;
  readonly env: Environment;
  readonly version: string;
  /** Where the CA of an endpoint of HTTPS is looked for. */
  readonly tlsFolder: string | undefined;
}

export async function readDoctorContext(
  { endpoint, origin, env, version, tlsFolder }: DoctorOptions,
  machine: Machine,
): Promise<DoctorContext> {
  const ca = trustedCasFor(endpoint, tlsFolder);
  const [probed, config] = await Promise.all([probe(endpoint, ca), readSharedConfig(env, machine)]);
  return {
    endpoint,
    host: new URL(endpoint).hostname.replace(/^\[|\]$/g, ""),
    origin,
    env,
    version,
    machine,
    probe: probed,
    ca,
    trustFiles: trustFilesFor(endpoint, tlsFolder),
    config,
    reliesOnEnvironment: configuredEndpoint("medical_imaging", env, config) !== undefined,
  };
}

export interface ConfiguredEndpoint {
  readonly url: string;
  /** The variable or the key that says so. */
  readonly from: string;
}

/** Where clients of a service are sent, in AWS's order. @param service as the configuration file writes it */
export function configuredEndpoint(
  service: string,
  env: Environment,
  { values, services, path }: SharedConfig,
): ConfiguredEndpoint | undefined {
  const ofService = `AWS_ENDPOINT_URL_${service.toUpperCase()}`;
  const candidates = [
    [notEmpty(env[ofService]), ofService],
    [notEmpty(env["AWS_ENDPOINT_URL"]), "AWS_ENDPOINT_URL"],
    [
      plainValue(nestedSection(services?.section?.[service])?.["endpoint_url"]),
      `${service} of [services ${services?.name}] in ${path}`,
    ],
    [plainValue(values["endpoint_url"]), `endpoint_url in ${path}`],
  ] as const;
  const found = candidates.find(([url]) => url !== undefined);
  return found?.[0] === undefined ? undefined : { url: found[0], from: found[1] };
}
