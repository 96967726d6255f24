import { homedir } from "node:os";
import { join } from "node:path";
import { FolderError } from "../../storage/folder/folder-error.ts";

/** The files that clients are given. */
export interface TrustFiles {
  /** The certificate of the CA alone: for what adds it to the CAs that it trusts anyway. */
  readonly ca: string;
  /** That certificate and the public CAs: for what trusts the CAs of a file and no other. */
  readonly bundle: string;
}

/** One CA for all emulators of a user, so that it is trusted once. @throws FolderError for a user without a home */
export function defaultTlsFolder(): string {
  try {
    return join(homedir(), ".healthimaging-local", "tls");
  } catch (cause) {
    throw new FolderError("this user has no home folder for the CA: choose a folder with --tls-folder", {
      cause,
    });
  }
}

export const trustFilesIn = (folder: string): TrustFiles => ({
  ca: join(folder, "ca.pem"),
  bundle: join(folder, "ca-bundle.pem"),
});

export const caKeyIn = (folder: string): string => join(folder, "ca-key.pem");

/**
 * The variables by which clients trust the CA. Node.js adds it to the CAs it knows. The AWS CLI and boto3, Python's
 * requests, curl, and OpenSSL (Go, Ruby) trust the CAs of that file and no other.
 */
export const trustVariables = ({ ca, bundle }: TrustFiles): Readonly<Record<string, string>> => ({
  NODE_EXTRA_CA_CERTS: ca,
  AWS_CA_BUNDLE: bundle,
  REQUESTS_CA_BUNDLE: bundle,
  CURL_CA_BUNDLE: bundle,
  SSL_CERT_FILE: bundle,
});
