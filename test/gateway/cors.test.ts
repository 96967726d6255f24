import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../src/api/http.ts";
import { withCors } from "../../src/gateway/cors.ts";

const handle = withCors(
  async ({ method }) => ({ status: method === "OPTIONS" ? 405 : 200, headers: { "x-amzn-requestid": "r" } }),
  ["https://viewer.example"],
);

const send = (headers: Record<string, string>, method = "POST", path = "/datastore") => {
  const request: HttpRequest = {
    method,
    path,
    query: "",
    headers,
    body: (async function* () {})(),
  };
  return handle(request);
};

describe("a page's request", () => {
  test.each(["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443", "https://viewer.example"])(
    "from %s may be read, and asked for beforehand",
    async (origin) => {
      const { status, headers } = await send({ origin });
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        "access-control-allow-origin": origin,
        vary: "Origin",
        "x-amzn-requestid": "r",
      });
      expect(headers["access-control-expose-headers"]).toContain("x-amzn-requestid");
      const asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,x-amz-date",
      };
      const preflight = await send({ origin, ...asked }, "OPTIONS");
      expect(preflight.status).toBe(200);
      expect(preflight.headers).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": expect.stringContaining("POST"),
        "access-control-allow-headers": "authorization,x-amz-date",
      });
    },
  );

  test.each([
    "https://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "null",
    "https://viewer.example:8443",
  ])("from %s may not", async (origin) => {
    expect((await send({ origin })).headers).not.toHaveProperty("access-control-allow-origin");
    const preflight = await send({ origin, "access-control-request-method": "POST" }, "OPTIONS");
    expect([preflight.status, preflight.headers]).toEqual([405, { "x-amzn-requestid": "r" }]);
  });

  test("to change something of /_local is answered for those that may read it alone", async () => {
    const statuses = async (origin: string) => {
      const sent = ["POST", "PUT", "DELETE", "GET"].map((method) =>
        send({ origin }, method, "/_local/reset"),
      );
      return (await Promise.all(sent)).map(({ status }) => status);
    };
    expect(await statuses("https://viewer.example")).toEqual([200, 200, 200, 200]);
    expect(await statuses("http://localhost:3000")).toEqual([200, 200, 200, 200]);
    expect(await statuses("https://evil.example")).toEqual([403, 403, 403, 200]);
    expect(await statuses("null")).toEqual([403, 403, 403, 200]);
  });

  test("without an origin is no page's", async () => {
    expect((await send({})).headers).toEqual({ "x-amzn-requestid": "r" });
    expect((await send({ origin: "http://localhost" }, "OPTIONS")).status).toBe(405);
  });

  test("from anywhere may be read where every origin is allowed", async () => {
    const open = withCors(async () => ({ status: 200, headers: {} }), ["*"]);
    const request = {
      method: "GET",
      path: "/",
      query: "",
      headers: { origin: "null" },
      body: (async function* () {})(),
    };
    expect((await open(request)).headers).toMatchObject({ "access-control-allow-origin": "null" });
  });
});
