import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { errorCode } from "../../../api/error-code.ts";
import { trustedCasFor } from "../../tls/trusted-cas.ts";
import type { OhifSettings } from "../settings/ohif-flags.ts";
import { STORED, UNCOMPRESSED, writeAppConfig, type OhifSource } from "./app-config.ts";
import { chooseDatastore, type ChosenDatastore } from "./choose-datastore.ts";
import { fetchPackage } from "./fetch-package.ts";
import { OhifError } from "./ohif-error.ts";
import { findFetched, findInstalled, isUsable, type OhifPackage } from "./ohif-package.ts";
import { serveSite } from "./static-server.ts";

export { OhifError };

export interface OpenedOhif extends ChosenDatastore {
  readonly version: string;
  /** Of the app. */
  readonly folder: string;
  /** To the study, or to the list of studies. */
  readonly link: string;
  /** The same with the data source of uncompressed frames. */
  readonly uncompressedLink: string;
  readonly close: () => void;
}

/** Serves OHIF for a data store of a running emulator. @throws OhifError */
export async function openOhif(settings: OhifSettings, say: (line: string) => void): Promise<OpenedOhif> {
  const { endpoint, study, port } = settings;
  const ca = trustedCasFor(endpoint, settings.tlsFolder);
  const datastore = await chooseDatastore({ ...settings, ca });
  const { version, app } = await findPackage(settings, say);
  const texts = new Map([
    ["/app-config.js", writeAppConfig(`${endpoint}/datastore/${datastore.datastoreId}`)],
    // A service worker would keep pages of an emulator that has ended.
    ["/init-service-worker.js", ""],
  ]);
  const site = { folder: app, texts, connectTo: new URL(endpoint).origin };
  const server = await serveSite(site, port).catch((error: unknown) => {
    throw errorCode(error) === "EADDRINUSE"
      ? new OhifError(`port ${port} is in use: choose another with --port`)
      : error;
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...datastore,
    version,
    folder: app,
    link: linkTo(STORED, origin, study),
    uncompressedLink: linkTo(UNCOMPRESSED, origin, study),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const linkTo = (source: OhifSource, origin: string, study: string | undefined): string =>
  study === undefined
    ? `${origin}/?datasources=${source.name}`
    : `${origin}/viewer/${source.name}?StudyInstanceUIDs=${encodeURIComponent(study)}`;

/** In the user's node_modules, fetched before, or fetched now. */
async function findPackage(settings: OhifSettings, say: (line: string) => void): Promise<OhifPackage> {
  const { folder, npmExecPath } = settings;
  const installed = await findInstalled(folder);
  if (installed !== undefined && isUsable(installed)) return installed;
  if (installed !== undefined)
    say(
      `OHIF ${installed.version} of node_modules is not used: 3.13 is the first that reads from HealthImaging unchanged`,
    );
  const cache = join(homedir(), ".healthimaging-local", "ohif");
  const fetched = await findFetched(cache);
  if (fetched !== undefined) return fetched;
  say(`npm fetches @ohif/app (50 MB), which is kept in ${cache} (200 MB)`);
  return fetchPackage(cache, { folder, npmExecPath });
}
