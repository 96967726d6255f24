import { describe, expect, test } from "vitest";
import type { HttpResponse } from "../../src/api/http.ts";
import { withOriginGuard } from "../../src/gateway/origin-guard.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64)";

const answerTo = (method: string, path: string, headers: Record<string, string>): Promise<HttpResponse> => {
  const handle = withOriginGuard(async () => ({ status: 200, headers: {} }), ["https://viewer.example"], LOG);
  return handle({
    method,
    path,
    query: "",
    headers: { host: "127.0.0.1:4464", ...headers },
    body: (async function* () {})(),
  });
};
const statusOf = async (...request: Parameters<typeof answerTo>): Promise<number> =>
  (await answerTo(...request)).status;

const EVIL = { origin: "https://evil.example" };
const REBOUND = { host: "evil.example:4464", "user-agent": BROWSER };

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
    ["POST", "/datastore", { origin: "http://evil.example:4464", ...REBOUND }],
    ["GET", "/datastore", REBOUND],
    ["GET", "/bucket/key", REBOUND],
    ["GET", "/_local", REBOUND],
  ])("cannot %s %s with %j", async (method, path, headers) => {
    expect(await statusOf(method, path, headers)).toBe(403);
  });

  test.each([
    [EVIL, "start it with --cors https://evil.example to let them"],
    // Any page that likes has this origin.
    [{ origin: "null" }, undefined],
    [{ "sec-fetch-site": "cross-site" }, undefined],
  ])("is told how it is let in where that lets in no others: %j", async (headers, hint) => {
    expect((await answerTo("POST", "/datastore", headers)).headers["x-local-hint"]).toBe(hint);
  });

  test("may look at what its browser keeps from it", async () => {
    expect(await statusOf("GET", "/datastore", EVIL)).toBe(200);
    expect(await statusOf("HEAD", "/bucket/key", { "sec-fetch-site": "cross-site" })).toBe(200);
  });
});

describe("nothing is in the way of", () => {
  test.each([
    ["a client that is no browser", {}],
    ["one that goes by another name", { host: "imaging.example:4464", "user-agent": "aws-sdk-js/3" }],
    ["a page of this machine", { origin: "http://localhost:3000", "sec-fetch-site": "same-site" }],
    ["a page of --cors", { origin: "https://viewer.example", "sec-fetch-site": "cross-site" }],
    ["a browser at an address", { host: "192.168.1.5:4464", "user-agent": BROWSER }],
    ["a browser in a container's network", { host: "imaging:4464", "user-agent": BROWSER }],
    ["a browser in a container", { host: "host.docker.internal:4464", "user-agent": BROWSER }],
    ["AWS's name", { host: "medical-imaging.us-east-1.amazonaws.com", "user-agent": BROWSER }],
    ["a browser's address bar", { "sec-fetch-site": "none", "user-agent": BROWSER }],
  ])("%s", async (_, headers) => {
    expect(await statusOf("POST", "/_local/reset", headers)).toBe(200);
    expect(await statusOf("GET", "/_local/health", headers)).toBe(200);
    expect(await statusOf("DELETE", "/datastore/a", headers)).toBe(200);
  });
});
