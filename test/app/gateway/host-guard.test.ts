import { describe, expect, test } from "vitest";
import { createEmulator, startEmulator } from "../../../src/index.ts";
import { withHostGuard } from "../../../src/app/gateway/host-guard.ts";
import { ServedHosts } from "../../../src/app/gateway/served-hosts.ts";
import { recorded } from "./recorded.ts";

const guard = (warnings: string[] = []) =>
  recorded(
    withHostGuard(async () => ({ status: 200, headers: {} }), {
      hosts: new ServedHosts([]),
      log: { info: () => {}, warn: (message) => warnings.push(message), error: () => {} },
      otherServices: async () => ({ status: 400, headers: {} }),
      defaults: { account: "000000000000", region: "us-east-1" },
    }),
  );

const ask = (headers: Record<string, string>, method = "GET", path = "/_local/health", handle = guard()) =>
  handle({ method, path, query: "", headers, body: (async function* () {})() });

const USER_AGENTS = ["Mozilla/5.0 (X11; Linux x86_64)", "curl/8", "aws-sdk-js/3", ""];

describe("a request under a host name that is not served", () => {
  test.each(USER_AGENTS)("is refused with the User-Agent %j", async (userAgent) => {
    for (const [method, path] of [
      ["GET", "/datastore"],
      ["GET", "/bucket/key"],
      ["POST", "/_local/reset"],
      ["OPTIONS", "/datastore"],
    ] as const) {
      const headers = { host: "evil.example:4464", "user-agent": userAgent };
      expect((await ask(headers, method, path)).status).toBe(403);
    }
  });

  test("is refused, whatever its signature looks like, unless it is of a service that is not here", async () => {
    const scope = (service: string): string => `A/20240501/us-east-1/${service}/aws4_request`;
    const at = async (authorization: string, path = "/_local/reset", query = ""): Promise<number> => {
      const headers = { host: "evil.example", authorization };
      const request = { method: "POST", path, query, headers, body: (async function* () {})() };
      return (await guard()(request)).status;
    };
    for (const service of ["medical-imaging", "s3", "sts"])
      expect(await at(`AWS4-HMAC-SHA256 Credential=${scope(service)}`)).toBe(403);
    expect(await at(`Basic /${scope("dynamodb")}`)).toBe(403);
    expect(await at("AWS4-HMAC-SHA256 Credential=/dynamodb/aws4_request")).toBe(403);
    expect(await at(`AWS4-HMAC-SHA256 Credential=${scope("s3")}, X=${scope("dynamodb")}`)).toBe(403);
    expect(await at("", "/datastore", `X-Amz-Credential=${scope("s3")}&a=${scope("dynamodb")}`)).toBe(403);
    // What answers these is neither the API nor /_local.
    expect(await at(`AWS4-HMAC-SHA256 Credential=${scope("dynamodb")}`)).toBe(400);
  });

  test("is told in the header and in the message how to serve that host", async () => {
    const { status, headers, body } = await ask({ host: "Imaging.Example:4464" });
    expect([status, headers["x-amzn-errortype"], headers["x-local-hint"]]).toEqual([
      403,
      "AccessDeniedException",
      "start it with --allow-host imaging.example to serve it",
    ]);
    expect(body).toEqual(expect.stringContaining("does not serve the host imaging.example"));
    expect((await ask({ host: "a b" })).headers["x-local-hint"]).toBeUndefined();
  });

  test.each([
    ["/_local/health", "HostNotAllowed"],
    ["/_local", "HostNotAllowed"],
    ["/_localhost", undefined],
    ["/datastore", undefined],
  ])("has, for %s, the code of a refusal under /_local: %s", async (path, code) => {
    for (const host of ["imaging.example", "a b"])
      expect((await ask({ host }, "GET", path)).headers["x-local-error"]).toBe(code);
  });

  test("is answered with S3's AccessDenied when it is for S3", async () => {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=A/20240501/us-east-1/s3/aws4_request, SignedHeaders=host";
    const { status, headers, body } = await ask({ host: "imaging.example", authorization }, "GET", "/bucket");
    expect([status, headers["content-type"]]).toEqual([403, "application/xml"]);
    expect(body).toEqual(expect.stringMatching(/<Code>AccessDenied<.*--allow-host imaging.example/s));
  });
});

test("a host that is refused is logged once, with what would serve it", async () => {
  const warnings: string[] = [];
  const handle = guard(warnings);
  for (const host of ["evil.example:4464", "EVIL.example", "a b", "c/d"])
    await ask({ host }, "GET", "/datastore", handle);
  expect(warnings).toEqual([
    "refused a request for the host evil.example: start it with --allow-host evil.example to serve it",
    "refused a request: its Host is not a host name",
  ]);
  for (let index = 0; index < 500; index++)
    await ask({ host: `${index}.example` }, "GET", "/datastore", handle);
  expect(warnings).toHaveLength(100);
});

test("a request without a Host header is served", async () => {
  expect((await ask({})).status).toBe(200);
});

test("an emulator serves the hosts of allowHost, and in-process clients under any host", async () => {
  await using emulator = await createEmulator({ allowHost: ["imaging.example"] });
  const statusAt = async (host: string): Promise<number> => {
    const body = (async function* () {})();
    return (await emulator.handle({ method: "GET", path: "/datastore", query: "", headers: { host }, body }))
      .status;
  };
  expect(await statusAt("runtime-imaging.example:4464")).toBe(200);
  expect(await statusAt("other.example")).toBe(403);
  const sent = { method: "GET", path: "/datastore", headers: { host: "other.example" } };
  expect((await emulator.requestHandler.handle(sent)).response.statusCode).toBe(200);
});

test("an emulator with an allowHost that is not a host name does not start, and one on an IPv6 address does", async () => {
  await expect(createEmulator({ allowHost: ["http://x.example"] })).rejects.toThrow(
    "allowHost expects host names",
  );
  await using emulator = await startEmulator({ host: "::1" });
  expect((await fetch(`${emulator.url}/_local/health`)).status).toBe(200);
});
