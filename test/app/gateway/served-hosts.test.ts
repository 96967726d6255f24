import { hostname } from "node:os";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ServedHosts } from "../../../src/app/gateway/served-hosts.ts";

const ALLOWED = ["imaging.example", "shop_imaging", "dev"];
const serves = (host: string, allowed: readonly string[] = ALLOWED): boolean =>
  new ServedHosts(allowed).has(host);

const OWN = [
  ["an address", "127.0.0.1"],
  ["an address of the network", "192.168.1.5"],
  ["an IPv6 address", "[::1]"],
  ["an IPv6 address with its zone", "[fe80::1%25eth0]"],
  ["localhost", "localhost"],
  ["a name below localhost", "bucket.localhost"],
  ["a name without a dot", "imaging"],
  ["a name in a container's network", "imaging.shop_default"],
  ["Docker's name for the host machine", "host.docker.internal"],
  ["testcontainers' name for the host machine", "host.testcontainers.internal"],
  ["an mDNS name", "laptop.local"],
  ["a name of a router", "nas.lan"],
  ["a name of a test", "imaging.test"],
  ["a Kubernetes service", "imaging.default.svc"],
  ["a Kubernetes service with its full name", "imaging.default.svc.cluster.local"],
  ["a name in home.arpa", "nas.home.arpa"],
  ["the name of this machine", hostname()],
  ["a name of --allow-host", "imaging.example"],
  ["a name without a dot in --allow-host", "dev"],
  ["the service", "medical-imaging.us-east-1.amazonaws.com"],
  ["the service, dual stack", "medical-imaging.eu-west-1.api.aws"],
  ["the service, FIPS", "medical-imaging-fips.us-west-2.amazonaws.com"],
  ["the service in a VPC", "vpce-0a1b-2c3d.medical-imaging.us-west-2.vpce.amazonaws.com"],
  ["the service in China", "medical-imaging.cn-north-1.amazonaws.com.cn"],
  ["S3", "s3.us-east-1.amazonaws.com"],
  ["S3 without a region", "s3.amazonaws.com"],
  ["S3 with a dash", "s3-us-west-2.amazonaws.com"],
  ["S3, dual stack", "s3.dualstack.ap-southeast-2.amazonaws.com"],
  ["S3, FIPS and dual stack", "s3-fips.dualstack.us-gov-west-1.amazonaws.com"],
  ["STS", "sts.amazonaws.com"],
  ["STS of a region", "sts.eu-central-1.amazonaws.com"],
] as const;

const FOREIGN = [
  "evil.example",
  "evil.dev.example",
  "imaging.com",
  "evil-imaging.example",
  "imaging.example.evil.com",
  "runtime-evil.example",
  "127.0.0.1.evil.example",
  "127.0.0.1.nip.io",
  "localhost.evil.example",
  "amazonaws.com",
  "ec2-203-0-113-25.compute-1.amazonaws.com",
  "evil-1234.us-east-1.elb.amazonaws.com",
  "abc.execute-api.us-east-1.amazonaws.com",
  "s3.compute-1.amazonaws.com",
  "medical-imaging.elb.amazonaws.com",
  "evil.medical-imaging.elb.amazonaws.com",
  "xs3.us-east-1.amazonaws.com",
  "s3.us-east-1.amazonaws.com.evil.example",
  "xmedical-imaging.us-east-1.amazonaws.com",
  "medical-imaging.us-east-1.amazonaws.evil.com",
  "evillocal.com",
  "evil.locals",
  "evil.xn--p1ai",
];

/** What a client may make of a name: prefixes, a port, a trailing dot, upper case. */
const dressed = (name: string, plainPort: string) =>
  fc
    .record({
      prefix: fc.constantFrom("", "runtime-", "dicom-"),
      port: fc.constantFrom("", plainPort, ":80", ":4464", ":65535"),
      dot: fc.boolean(),
      isUpper: fc.boolean(),
    })
    .map(({ prefix, port, dot, isUpper }) => {
      const host = `${prefix}${name}${dot && !name.endsWith("]") ? "." : ""}${port}`;
      return isUpper ? host.toUpperCase() : host;
    });

describe("the emulator serves", () => {
  test.each(OWN)("%s in every spelling that clients send: %s", (_, name) => {
    fc.assert(
      fc.property(dressed(name, ":4464"), (host) => {
        expect(serves(host), host).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("the name of a bucket before each of these hosts, but not before a single label that is not in --allow-host", () => {
    const bucket = fc
      .stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]$/)
      .filter((name) => !name.includes(".."));
    const given = OWN.filter(
      ([what]) => what !== "a name without a dot" && what !== "the name of this machine",
    );
    fc.assert(
      fc.property(bucket, fc.constantFrom(...given), (name, [, host]) => {
        expect(serves(`${name}.${host}:4464`), `${name}.${host}`).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(serves("bucket.imaging")).toBe(false);
    expect(serves("bucket.imaging", ["imaging"])).toBe(true);
  });

  test("every host name with --allow-host '*'", () => {
    for (const host of FOREIGN) expect(serves(host, ["*"]), host).toBe(true);
  });
});

describe("the emulator does not serve", () => {
  test.each(FOREIGN)("%s in any spelling that clients send", (name) => {
    fc.assert(
      fc.property(dressed(name, ""), (host) => {
        expect(serves(host), host).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test("any host name in a public domain", () => {
    const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,12}[a-z0-9])?$/);
    const ending = fc.constantFrom("com", "net", "example", "dev", "app", "io", "cloud", "xn--p1ai");
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), ending, (labels, end) => {
        const host = [...labels, end].join(".");
        expect(serves(host, []), host).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    "",
    ".",
    ":4464",
    "a b",
    "a/b",
    "user@localhost",
    "localhost:port",
    "::1",
    "[::1",
    "[::g]",
    "[]",
    "ü",
  ])("a malformed host: %j", (host) => {
    expect(serves(host)).toBe(false);
  });
});

test.each(["http://x.example", "*.x.example", ".example.com", "x..example", "x.example/", "a b", ""])(
  "a name to be served that is not a host name is refused: %j",
  (name) => {
    expect(() => new ServedHosts(["imaging.example", name])).toThrow(
      `allowHost expects host names such as imaging.example, which serve all names below them, or '*', got '${name}'`,
    );
  },
);

test("requests under many host names do not fill the cache of served hosts", () => {
  const hosts = new ServedHosts([]);
  for (let index = 0; index < 2000; index++) {
    expect(hosts.has(`bucket-${index}.localhost`)).toBe(true);
    expect(hosts.has(`bucket-${index}.example`)).toBe(false);
  }
  expect(hosts.remembered).toBeLessThanOrEqual(256);
});
