import {
  createPrivateKey,
  generateKeyPairSync,
  randomUUID,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import { chmodSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { getCACertificates } from "node:tls";
import { errorCode } from "../../api/error-code.ts";
import { errorMessage } from "../../api/error-message.ts";
import type { Log } from "../../domain/log.ts";
import type { Clock } from "../../domain/time/clock.ts";
import { reasonOf } from "../../storage/files/errno-messages.ts";
import { makeFolder } from "../../storage/files/make-folder.ts";
import { writeNewFileSync } from "../../storage/files/new-file.ts";
import { readTextIfPresentSync } from "../../storage/files/regular-file.ts";
import { FolderError } from "../../storage/folder/folder-error.ts";
import { caKeyIn, trustFilesIn, type TrustFiles } from "./tls-folder.ts";
import { createCaCertificate, type ValidityMs } from "./x509.ts";

/** The CA of a folder. */
export interface LocalCa {
  /** In PEM. */
  readonly certificate: string;
  readonly key: KeyObject;
  readonly notAfter: number;
  readonly files: TrustFiles;
}

export const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
/** A CA is renewed when it has less than this left. */
const CA_RENEWAL_DAYS = 365;

/** Only its owner may read a key. */
const KEY_MODE = 0o600;

/** For clients whose clock is behind. */
export const validFor = (days: number, now: number): ValidityMs => ({
  notBefore: now - DAY_MS,
  notAfter: now + days * DAY_MS,
});

/**
 * The CA of a folder, made where there is none. Its key is kept for good. A certificate that is missing, of another
 * key or about to expire is made again, of the same name and key, so clients that trust the one before trust it too.
 * @throws FolderError where the folder or the key cannot be used
 */
export async function openLocalCa(
  folder: string,
  clock: Pick<Clock, "now">,
  log: Pick<Log, "warn">,
): Promise<LocalCa> {
  try {
    await makeFolder(folder, "the TLS folder");
    const key = readKey(caKeyIn(folder), log) ?? keepNewKey(caKeyIn(folder), log);
    const files = trustFilesIn(folder);
    const certificate = keepCertificate(files.ca, key, clock.now());
    keepBundle(files.bundle, certificate);
    return { certificate, key, notAfter: Date.parse(new X509Certificate(certificate).validTo), files };
  } catch (error) {
    if (error instanceof FolderError) throw error;
    throw new FolderError(`the TLS folder ${folder} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function readKey(path: string, log: Pick<Log, "warn">): KeyObject | undefined {
  const text = readTextIfPresentSync(path);
  if (text === undefined) return undefined;
  keepFromOthers(path, log);
  const key = parseKey(path, text);
  if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  throw new FolderError(
    `${path} expects a key of the curve P-256: move it away, and the next start creates a CA`,
  );
}

function parseKey(path: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new FolderError(
      `${path} is not a private key in PEM (${errorMessage(error)}): move it away, and the next start creates a CA`,
      { cause: error },
    );
  }
}

/** Windows has no such modes. */
function keepFromOthers(path: string, log: Pick<Log, "warn">): void {
  if (process.platform === "win32" || (statSync(path).mode & 0o077) === 0) return;
  chmodSync(path, KEY_MODE);
  log.warn(
    `other users could read ${path}, the key of the TLS CA: its mode is 600 now. If other people use this machine, delete the folder, and trust the CA of the next start`,
  );
}

/** The key of another process that does the same at this moment counts where it was first. */
function keepNewKey(path: string, log: Pick<Log, "warn">): KeyObject {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const temp = tempOf(path);
  writeNewFileSync(temp, privateKey.export({ type: "pkcs8", format: "pem" }), KEY_MODE);
  try {
    linkSync(temp, path);
    return privateKey;
  } catch (error) {
    const first = readKey(path, log);
    if (first !== undefined) return first;
    // A file system without links.
    if (errorCode(error) === "EEXIST") throw error;
    renameSync(temp, path);
    return privateKey;
  } finally {
    rmSync(temp, { force: true });
  }
}

function keepCertificate(path: string, key: KeyObject, now: number): string {
  const kept = readTextIfPresentSync(path);
  if (kept !== undefined && isGood(kept, key, now)) return kept;
  const certificate = createCaCertificate(key, validFor(CA_DAYS, now));
  replaceFile(path, certificate);
  return certificate;
}

function isGood(text: string, key: KeyObject, now: number): boolean {
  try {
    const certificate = new X509Certificate(text);
    const isInTime =
      Date.parse(certificate.validFrom) <= now &&
      Date.parse(certificate.validTo) - now >= CA_RENEWAL_DAYS * DAY_MS;
    return isInTime && certificate.ca && certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

/** The public CAs are those of Node.js and of the server's own NODE_EXTRA_CA_CERTS. */
function keepBundle(path: string, certificate: string): void {
  const others = getCACertificates("default").map((text) => `${text.trim()}\n`);
  const bundle = [...new Set([certificate, ...others])].join("");
  if (readTextIfPresentSync(path) !== bundle) replaceFile(path, bundle);
}

function replaceFile(path: string, text: string): void {
  const temp = tempOf(path);
  writeNewFileSync(temp, text);
  renameSync(temp, path);
}

/** Processes that write it at the same moment may have the same id, in containers that share a volume. */
const tempOf = (path: string): string => `${path}.${randomUUID()}.tmp`;
