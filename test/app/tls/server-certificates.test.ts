import { X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, TLSSocket, type PeerCertificate } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duplexPair } from "node:stream";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLocalCa, type LocalCa } from "../../../src/app/tls/local-ca.ts";
import { ServerCertificates } from "../../../src/app/tls/server-certificates.ts";
import { ManualClock } from "../../manual-clock.ts";

const DAY_MS = 86_400_000;
const clock = new ManualClock();

let folder: string;
let ca: LocalCa;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  ca = await openLocalCa(folder, clock, { warn: () => {} });
});
afterAll(() => rm(folder, { recursive: true }));

const create = (): ServerCertificates =>
  new ServerCertificates({
    ca,
    names: ["localhost", "127.0.0.1", "::1", "imaging.example"],
    serves: (name) => name.endsWith(".test"),
    clock,
  });

/** What a client gets that asks for a name. */
async function certificateOf(
  certificates: ServerCertificates,
  name: string | undefined,
): Promise<PeerCertificate> {
  const [near, far] = duplexPair();
  const server = new TLSSocket(far, { isServer: true, secureContext: certificates.contextFor(name) });
  // Time is the test's, and certificates are checked by the machine's.
  const client = connect({ socket: near, rejectUnauthorized: false });
  await once(client, "secureConnect");
  const certificate = client.getPeerCertificate();
  client.destroy();
  server.destroy();
  return certificate;
}

describe("the certificates of a server", () => {
  test("name every usual host for a client that asks for one of them, or for none", async () => {
    const certificates = create();
    expect(certificates.contextFor("imaging.example")).toBe(certificates.contextFor(undefined));
    const { raw } = await certificateOf(certificates, undefined);
    const certificate = new X509Certificate(raw);
    expect(certificate.subjectAltName).toBe(
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:imaging.example",
    );
    expect(
      certificate.verify(ca.key.type === "private" ? new X509Certificate(ca.certificate).publicKey : ca.key),
    ).toBe(true);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(certificate.ca).toBe(false);
  });

  test("are made for a host that is served, and not for another", async () => {
    const certificates = create();
    const served = await certificateOf(certificates, "a.test");
    expect(served.subjectaltname).toBe("DNS:a.test");
    expect(certificates.contextFor("a.test")).toBe(certificates.contextFor("a.test"));
    expect(certificates.contextFor("evil.example")).toBe(certificates.contextFor(undefined));
    expect(["a.test", "imaging.example", "evil.example"].map((name) => certificates.has(name))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("are replaced 30 days before they expire, and not earlier", async () => {
    const certificates = create();
    const [first, named] = [certificates.contextFor(undefined), certificates.contextFor("a.test")];
    const { valid_to: end } = await certificateOf(certificates, undefined);
    expect(Date.parse(end) - clock.now()).toBe(90 * DAY_MS);
    clock.advance(60 * DAY_MS - 1);
    expect(certificates.contextFor(undefined)).toBe(first);
    clock.advance(1);
    expect(certificates.contextFor(undefined)).not.toBe(first);
    expect(certificates.contextFor("a.test")).not.toBe(named);
    const renewed = await certificateOf(certificates, undefined);
    expect(Date.parse(renewed.valid_to) - clock.now()).toBe(90 * DAY_MS);
  });

  test("are kept in memory for 256 hosts at most", () => {
    const certificates = create();
    const first = certificates.contextFor("0.test");
    for (let index = 1; index <= 256; index++) certificates.contextFor(`${index}.test`);
    expect(certificates.contextFor("0.test")).not.toBe(first);
  });

  test("have a subject of at most 64 characters, and the whole name beside it", async () => {
    const name = `${"a".repeat(60)}.${"b".repeat(60)}.test`;
    const { subject, subjectaltname } = await certificateOf(create(), name);
    expect(subject.CN).toHaveLength(64);
    expect(subjectaltname).toBe(`DNS:${name}`);
  });
});
