import { behavioursOf } from "../api/releases/behaviours.ts";
import { resolveRelease } from "../api/releases/service-release.ts";
import type { HttpHandler } from "../api/http.ts";
import type { Log } from "../domain/log.ts";
import type { ComposeOptions } from "./compose-options.ts";
import { listen, type Listening } from "./gateway/listen.ts";
import { ServedHosts } from "./gateway/served-hosts.ts";
import { createTlsServer } from "./gateway/tls-server.ts";
import { openTls, type TlsOptions } from "./tls/open-tls.ts";
import { trustVariables } from "./tls/tls-folder.ts";

/** What makes clients trust an emulator. */
export interface TrustedCa {
  /** In PEM: `new Agent({ ca: certificate })`. */
  readonly certificate: string;
  /** The file of that certificate. */
  readonly file: string;
  /** Environment variables for other processes: NODE_EXTRA_CA_CERTS, AWS_CA_BUNDLE ... */
  readonly variables: Readonly<Record<string, string>>;
}

interface Place extends Pick<ComposeOptions, "allowHost" | "regions" | "defaults" | "serviceRelease"> {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
}

/** As `listen`, with HTTPS. @throws FolderError where the CA cannot be kept */
export async function listenWithTls(
  handle: HttpHandler,
  place: Place,
  options: TlsOptions,
): Promise<Listening & { readonly ca: TrustedCa }> {
  const { host, port, allowHost = [], regions, defaults, serviceRelease, log } = place;
  const hosts = new ServedHosts(allowHost);
  const serves = (name: string): boolean => hosts.has(name);
  const { ca, certificates } = await openTls(options, {
    host,
    regions,
    published: behavioursOf(resolveRelease(serviceRelease)).regions,
    region: defaults?.region,
    serves,
    log,
  });
  const create = () => createTlsServer(handle, { certificates, log });
  const { certificate, files } = ca;
  const trusted = { certificate, file: files.ca, variables: trustVariables(files) };
  return { ...(await listen(create, host, port, "https")), ca: trusted };
}
