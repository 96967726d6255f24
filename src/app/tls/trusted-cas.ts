import { existsSync } from "node:fs";
import { getCACertificates } from "node:tls";
import { readRegularTextSync } from "../../storage/files/regular-file.ts";
import { defaultTlsFolder, trustFilesIn, type TrustFiles } from "./tls-folder.ts";

/** The files of the CA on this machine; undefined for an endpoint of plain HTTP, and where there is no CA. */
export function trustFilesFor(endpoint: string, folder: string | undefined): TrustFiles | undefined {
  if (!endpoint.startsWith("https:")) return undefined;
  const files = trustFilesIn(folder ?? defaultTlsFolder());
  return existsSync(files.ca) ? files : undefined;
}

/** The CAs in PEM by which the command line checks an endpoint: the public ones, and the CA on this machine. */
export function trustedCasFor(endpoint: string, folder: string | undefined): string[] | undefined {
  const files = trustFilesFor(endpoint, folder);
  return files && [readRegularTextSync(files.ca), ...getCACertificates("default")];
}
