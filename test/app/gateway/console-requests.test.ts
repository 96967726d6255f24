import { describe, expect, onTestFinished, test } from "vitest";
import { compose } from "../../../src/app/compose.ts";
import { call } from "../../aws/s3/front.ts";

const HTML = "text/html,application/xhtml+xml,*/*;q=0.8";
const SIGNED =
  "AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

async function get(target: string, headers: Record<string, string>, options: { console?: boolean } = {}) {
  const emulator = await compose(options);
  onTestFinished(() => emulator.close());
  const response = await call(emulator.handle, {
    method: "GET",
    target,
    headers: { host: "127.0.0.1:4464", ...headers },
  });
  return { status: response.status, type: response.headers["content-type"], headers: response.headers };
}

describe("the console at the emulator's address", () => {
  test("is what a browser gets there", async () => {
    const { status, type, headers } = await get("/", { accept: HTML });
    expect([status, type]).toEqual([200, "text/html; charset=utf-8"]);
    expect(headers["content-security-policy"]).not.toMatch(/unsafe-(?!eval'; style)/);
  });

  test.each([
    ["a signed request", "/", { accept: HTML, authorization: SIGNED }],
    ["a request that does not ask for HTML", "/", { accept: "*/*" }],
    ["a request without Accept", "/", {}],
    [
      "a presigned request",
      "/?X-Amz-Credential=test%2F20261129%2Fus-east-1%2Fs3%2Faws4_request",
      { accept: HTML },
    ],
  ])("is not what %s gets: it lists the buckets", async (_, target, headers) => {
    const { status, type } = await get(target, headers);
    expect([status, type]).toEqual([200, "application/xml"]);
  });

  test("is not at a bucket's host", async () => {
    const { type } = await get("/", { accept: HTML, host: "dicom.s3.us-east-1.amazonaws.com" });
    expect(type).toBe("application/xml");
  });

  test("is not there where it is switched off", async () => {
    expect((await get("/", { accept: HTML }, { console: false })).type).toBe("application/xml");
    const { status, headers } = await get("/_local/console", { accept: HTML }, { console: false });
    expect([status, headers["x-local-error"]]).toEqual([404, "RouteNotFound"]);
  });

  test("is closed to pages of other origins, as all of /_local", async () => {
    const { status } = await get("/_local/console", { accept: HTML, origin: "https://elsewhere.example" });
    expect(status).toBe(403);
  });
});
