import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLocalCa, type LocalCa } from "../../../src/app/tls/local-ca.ts";
import { FolderError } from "../../../src/storage/folder/folder-error.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);

let root: string;
let folder: string;
let warnings: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  folder = join(root, "a", "tls");
  warnings = [];
});
afterEach(() => rm(root, { recursive: true }));

const open = (now = NOW): Promise<LocalCa> =>
  openLocalCa(folder, { now: () => now }, { warn: (message) => void warnings.push(message) });
const modeOf = async (name: string): Promise<number> => (await stat(join(folder, name))).mode & 0o777;
const isWindows = process.platform === "win32";

describe("the CA of a folder", () => {
  test("is made with a key of P-256, for ten years, and leaves no temporary file", async () => {
    const { certificate, key, files } = await open();
    expect((await readdir(folder)).toSorted()).toEqual(["ca-bundle.pem", "ca-key.pem", "ca.pem"]);
    expect(await readFile(files.ca, "utf8")).toBe(certificate);
    const ca = new X509Certificate(certificate);
    expect(ca.ca).toBe(true);
    expect(ca.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(ca.checkIssued(ca) && ca.verify(createPublicKey(key))).toBe(true);
    expect(Date.parse(ca.validFrom)).toBe(NOW - DAY_MS);
    expect(Date.parse(ca.validTo)).toBe(NOW + 3650 * DAY_MS);
  });

  // Windows has no modes of files.
  test.skipIf(isWindows)("has a key that its owner alone may read", async () => {
    await open();
    expect(await modeOf("ca-key.pem")).toBe(0o600);
    expect(await modeOf("ca.pem")).toBe(0o666 & ~process.umask());
    expect(warnings).toEqual([]);
  });

  // Windows has no modes of files.
  test.skipIf(isWindows)("takes a key from other users that may read it, and says so", async () => {
    await open();
    await chmod(join(folder, "ca-key.pem"), 0o644);
    await open();
    expect(await modeOf("ca-key.pem")).toBe(0o600);
    expect(warnings).toEqual([expect.stringMatching(/^other users could read .*ca-key.pem/)]);
  });

  test("is the same after a restart", async () => {
    const first = await open();
    const { mtimeMs } = await stat(first.files.bundle);
    const second = await open(NOW + 8 * 365 * DAY_MS);
    expect(second.certificate).toBe(first.certificate);
    expect((await stat(first.files.bundle)).mtimeMs).toBe(mtimeMs);
  });

  test("is the same for processes that make it at the same moment", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => open()));
    expect(new Set(all.map(({ key }) => key.export({ type: "pkcs8", format: "pem" }))).size).toBe(1);
  });

  test("is renewed a year before it expires, with its name and key, so that it is trusted as before", async () => {
    const first = await open();
    const second = await open(NOW + 3286 * DAY_MS);
    expect(second.certificate).not.toBe(first.certificate);
    expect(await readFile(second.files.ca, "utf8")).toBe(second.certificate);
    expect(await readFile(second.files.bundle, "utf8")).toContain(second.certificate);
    const [older, newer] = [first, second].map(({ certificate }) => new X509Certificate(certificate));
    expect(newer?.subject).toBe(older?.subject);
    expect(newer?.checkIssued(older ?? newer)).toBe(true);
    expect(Date.parse(newer?.validTo ?? "")).toBe(NOW + (3286 + 3650) * DAY_MS);
  });

  test.each([
    ["missing", () => rm(join(folder, "ca.pem"))],
    ["damaged", () => writeFile(join(folder, "ca.pem"), "-----BEGIN CERTIFICATE-----")],
  ])("has a new certificate of the same key where the certificate is %s", async (_, damage) => {
    const first = await open();
    await damage();
    const second = await open();
    expect(new X509Certificate(second.certificate).checkPrivateKey(first.key)).toBe(true);
    expect(new X509Certificate(second.certificate).subject).toBe(
      new X509Certificate(first.certificate).subject,
    );
  });

  test("stands in a file with the public CAs, for clients that trust those of a file alone", async () => {
    const { certificate, files } = await open();
    const bundle = await readFile(files.bundle, "utf8");
    expect(bundle.startsWith(certificate)).toBe(true);
    const all = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    expect(all.length).toBeGreaterThan(50);
    for (const pem of all) expect(() => new X509Certificate(pem)).not.toThrow();
  });

  test("is refused with the file's name where its key cannot be used, and nothing is replaced", async () => {
    await open();
    const path = join(folder, "ca-key.pem");
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const texts = ["no key", rsa.export({ type: "pkcs8", format: "pem" }).toString()];
    for (const text of texts) {
      await writeFile(path, text);
      await expect(open()).rejects.toThrow(
        new RegExp(`ca-key.pem .* move it away, and the next start creates a CA$`),
      );
      expect(await readFile(path, "utf8")).toBe(text);
    }
  });

  // On Windows only administrators make links.
  test.skipIf(isWindows)("is refused where its key is a link", async () => {
    await open();
    await writeFile(join(root, "other"), await readFile(join(folder, "ca-key.pem")));
    await rm(join(folder, "ca-key.pem"));
    await symlink(join(root, "other"), join(folder, "ca-key.pem"));
    await expect(open()).rejects.toThrow(FolderError);
  });

  test("is refused where its folder is a file", async () => {
    await writeFile(join(root, "a"), "");
    await expect(open()).rejects.toThrow(/^the TLS folder cannot be created: .*a is not a folder/);
  });
});
