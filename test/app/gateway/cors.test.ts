import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../../src/api/http.ts";
import { withCors } from "../../../src/app/gateway/cors.ts";
import { recorded } from "./recorded.ts";

const handle = recorded(
  withCors(
    async ({ method }) => ({
      status: method === "OPTIONS" ? 405 : 200,
      headers: { "x-amzn-requestid": "r" },
    }),
    ["https://viewer.example"],
  ),
);

const send = (headers: Record<string, string>, method = "POST") => {
  const request: HttpRequest = {
    method,
    path: "/datastore",
    query: "",
    headers,
    body: (async function* () {})(),
  };
  return handle(request);
};

describe("a request of a web page", () => {
  test.each(["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443", "https://viewer.example"])(
    "from %s may read the answer, and its preflight succeeds",
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
  ])("from %s may not read the answer", async (origin) => {
    expect((await send({ origin })).headers).not.toHaveProperty("access-control-allow-origin");
    const preflight = await send({ origin, "access-control-request-method": "POST" }, "OPTIONS");
    expect([preflight.status, preflight.headers]).toEqual([405, { "x-amzn-requestid": "r" }]);
  });

  test("without an Origin header gets no CORS headers", async () => {
    expect((await send({})).headers).toEqual({ "x-amzn-requestid": "r" });
    expect((await send({ origin: "http://localhost" }, "OPTIONS")).status).toBe(405);
  });

  test("from any origin may read the answer where every origin is allowed", async () => {
    const open = recorded(withCors(async () => ({ status: 200, headers: {} }), ["*"]));
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
