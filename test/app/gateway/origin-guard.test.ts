import { describe, expect, test } from "vitest";
import type { HttpResponse } from "../../../src/api/http.ts";
import type { Log } from "../../../src/domain/log.ts";
import { withOriginGuard } from "../../../src/app/gateway/origin-guard.ts";
import { recorded } from "./recorded.ts";

const LOG: Log = { info: () => {}, warn: () => {}, error: () => {} };
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64)";

const answerTo = (
  method: string,
  target: string,
  headers: Record<string, string>,
  log = LOG,
): Promise<HttpResponse> => {
  const handle = recorded(
    withOriginGuard(async () => ({ status: 200, headers: {} }), ["https://viewer.example"], log),
  );
  const [path = "", query = ""] = target.split("?");
  return handle({
    method,
    path,
    query,
    headers: { host: "127.0.0.1:4464", ...headers },
    body: (async function* () {})(),
  });
};
const statusOf = async (...request: Parameters<typeof answerTo>): Promise<number> =>
  (await answerTo(...request)).status;

const EVIL = { origin: "https://evil.example" };
const PREFLIGHT = { "access-control-request-method": "PUT", "access-control-request-headers": "x-amz-date" };
const ADVANCE = "/_local/wait?resource=importJob/a&status=COMPLETED&autoAdvance=1";

test("a refusal under /_local has its code", async () => {
  const codeOf = async (path: string) => (await answerTo("POST", path, EVIL)).headers["x-local-error"];
  expect([await codeOf("/_local/reset"), await codeOf("/datastore")]).toEqual([
    "OriginNotAllowed",
    undefined,
  ]);
});

describe("a page of another origin", () => {
  test.each([
    ["POST", "/datastore", EVIL],
    ["DELETE", "/datastore/a", EVIL],
    ["PUT", "/bucket/key", EVIL],
    ["POST", "/_local/reset", EVIL],
    ["GET", "/_local/health", EVIL],
    ["GET", "/_local/wait", { "sec-fetch-site": "cross-site" }],
    ["POST", "/datastore", { "sec-fetch-site": "cross-site" }],
    ["POST", "/datastore", { origin: "null" }],
    // Only pages of http and https are this machine's.
    ["POST", "/datastore", { origin: "chrome-extension://localhost" }],
    ["POST", "/datastore", { origin: "capacitor://localhost" }],
    ["POST", "/datastore", { origin: "ftp://127.0.0.1" }],
    ["POST", "/datastore", { origin: "http://127.0.0.1.evil.example" }],
    ["POST", "/datastore", { origin: "http://127.0.0.1:8080@evil.example" }],
    ["OPTIONS", "/bucket/key", { ...EVIL, ...PREFLIGHT }],
    // A read that moves the clock, without an Origin as <img> sends it.
    ["GET", ADVANCE, { "sec-fetch-site": "same-site" }],
    ["GET", ADVANCE, { "sec-fetch-site": "none" }],
    ["GET", ADVANCE, { referer: "http://evil.example/page" }],
    ["GET", ADVANCE, { referer: "about:blank" }],
    ["HEAD", "/_local/wait?autoAdvance", { "sec-fetch-site": "same-site" }],
  ])("cannot %s %s with %j", async (method, path, headers) => {
    expect(await statusOf(method, path, headers)).toBe(403);
  });

  test.each([
    [EVIL, "start it with --cors https://evil.example to allow them"],
    // Any page that likes has this origin.
    [{ origin: "null" }, undefined],
    [{ "sec-fetch-site": "cross-site" }, undefined],
    [{ origin: "capacitor://localhost" }, "start it with --cors capacitor://localhost to allow them"],
  ])(
    "gets a hint with the flag that allows it only where the flag allows no other page: %j",
    async (headers, hint) => {
      expect((await answerTo("POST", "/datastore", headers)).headers["x-local-hint"]).toBe(hint);
    },
  );

  test("may send GET and HEAD requests, whose answers its browser withholds", async () => {
    expect(await statusOf("GET", "/datastore", EVIL)).toBe(200);
    expect(await statusOf("HEAD", "/bucket/key", { "sec-fetch-site": "cross-site" })).toBe(200);
  });
});

describe("a refused preflight", () => {
  const preflight = { ...EVIL, ...PREFLIGHT };

  test("has a hint with the flag that allows its page", async () => {
    const { status, headers } = await answerTo("OPTIONS", "/datastore", preflight);
    expect([status, headers["x-local-hint"]]).toEqual([
      403,
      "start it with --cors https://evil.example to allow them",
    ]);
  });

  test.each([
    [
      "http://evil.example/DOE?JANE",
      "http://evil.example",
      "start it with --cors http://evil.example to allow them",
    ],
    [
      "http://DOE:JANE@evil.example:81",
      "http://evil.example:81",
      "start it with --cors http://evil.example:81 to allow them",
    ],
    [
      "DOE JANE",
      "another origin",
      "serve it at an address such as http://127.0.0.1:8080, which --cors can name",
    ],
    ["null", "null", "serve it at an address such as http://127.0.0.1:8080, which --cors can name"],
  ])("of %s is logged and answered with the origin alone", async (origin, named, hint) => {
    const lines: string[] = [];
    const log = { ...LOG, warn: (line: string) => void lines.push(line) };
    const answer = await answerTo("OPTIONS", "/datastore", { ...PREFLIGHT, origin }, log);
    expect(lines).toEqual([`refused the preflight of a page of ${named}: ${hint}`]);
    expect(answer.status).toBe(403);
    expect(JSON.stringify(answer)).not.toMatch(/DOE|JANE/);
  });

  test("is logged once for each page, for at most 100 pages", async () => {
    const lines: string[] = [];
    const log = { ...LOG, warn: (line: string) => void lines.push(line) };
    const handle = recorded(withOriginGuard(async () => ({ status: 200, headers: {} }), [], log));
    const ask = (origin: string) =>
      handle({
        method: "OPTIONS",
        path: "/datastore",
        query: "",
        headers: { host: "127.0.0.1:4464", ...PREFLIGHT, origin },
        body: (async function* () {})(),
      });
    for (const origin of ["https://a.example", "https://a.example", "https://b.example"]) await ask(origin);
    expect(lines).toEqual([
      expect.stringContaining("--cors https://a.example"),
      expect.stringContaining("--cors https://b.example"),
    ]);
    for (let index = 0; index < 1000; index++) await ask(`https://page-${index}.example`);
    expect(lines).toHaveLength(100);
  });
});

describe("the origin guard allows requests of", () => {
  test.each([
    ["a client that is not a browser", {}],
    ["a page of this machine", { origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
    ["a page of --cors", { origin: "https://viewer.example", "sec-fetch-site": "cross-site" }],
    ["the emulator's own page", { host: "imaging:4464", origin: "http://imaging:4464" }],
    ["the emulator's own page behind a proxy", { host: "imaging.local", origin: "https://imaging.local" }],
    ["a browser at an address", { host: "192.168.1.5:4464", "user-agent": BROWSER }],
    ["a browser in a container's network", { host: "imaging:4464", "user-agent": BROWSER }],
    ["a browser in a container", { host: "host.docker.internal:4464", "user-agent": BROWSER }],
    [
      "a browser at AWS's host name",
      { host: "medical-imaging.us-east-1.amazonaws.com", "user-agent": BROWSER },
    ],
    ["a browser's address bar", { "sec-fetch-site": "none", "user-agent": BROWSER }],
  ])("%s", async (_, headers) => {
    expect(await statusOf("POST", "/_local/reset", headers)).toBe(200);
    expect(await statusOf("GET", "/_local/health", headers)).toBe(200);
    expect(await statusOf("DELETE", "/datastore/a", headers)).toBe(200);
  });

  test.each([
    ["a program", {}],
    ["a program in another container", { host: "imaging:4464" }],
    ["a page of this machine", { origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
    ["the emulator's own page", { "sec-fetch-site": "same-origin", referer: "http://127.0.0.1:4464/_local" }],
  ])("%s that waits and moves the clock", async (_, headers) => {
    expect(await statusOf("GET", ADVANCE, headers)).toBe(200);
  });

  test("a page of another origin that waits without moving the clock", async () => {
    expect(await statusOf("GET", "/_local/wait?resource=a", { "sec-fetch-site": "same-site" })).toBe(200);
  });
});
