import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { compose } from "../../../src/app/compose.ts";
import type { HttpHandler } from "../../../src/api/http.ts";
import { bodyOf, call } from "../../aws/s3/front.ts";

const VIEWER = "https://viewer.example";
const FOR_S3 =
  "AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
const FOR_IMAGING = FOR_S3.replace("/s3/", "/medical-imaging/");

let handle: HttpHandler;
beforeEach(async () => {
  const emulator = await compose();
  onTestFinished(() => emulator.close());
  handle = emulator.handle;
  for (const bucket of ["open", "closed", "readable", "datastore"]) {
    await send("PUT", `/${bucket}`, { authorization: FOR_S3 });
    await send("PUT", `/${bucket}/key`, { authorization: FOR_S3 }, bucket);
  }
  for (const bucket of ["open", "datastore"])
    await putRules(bucket, rule(VIEWER, "GET", "PUT", "POST", "HEAD"), rule("https://*.example", "DELETE"));
  await putRules("readable", rule("*", "GET"));
});

const rule = (origin: string, ...methods: string[]): string =>
  [
    `<CORSRule><AllowedOrigin>${origin}</AllowedOrigin>`,
    ...methods.map((method) => `<AllowedMethod>${method}</AllowedMethod>`),
    "<AllowedHeader>x-amz-*</AllowedHeader><AllowedHeader>Authorization</AllowedHeader>",
    "<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>",
  ].join("");

async function putRules(bucket: string, ...rules: string[]): Promise<void> {
  const body = `<CORSConfiguration>${rules.join("")}</CORSConfiguration>`;
  expect((await send("PUT", `/${bucket}?cors`, { authorization: FOR_S3 }, body)).status).toBe(200);
}

const send = (method: string, target: string, headers: Record<string, string>, body = "") =>
  call(handle, { method, target, headers: { host: "127.0.0.1:4464", ...headers }, body });

const preflight = (target: string, origin: string, method: string, headers = "") =>
  send("OPTIONS", target, {
    origin,
    "access-control-request-method": method,
    ...(headers && { "access-control-request-headers": headers }),
  });

describe("a page that a rule of the bucket names", () => {
  test("may ask for what the rule allows, and no more", async () => {
    const { status, headers } = await preflight("/open/a", VIEWER, "PUT", "X-Amz-Date, authorization");
    expect([status, headers]).toEqual([
      200,
      expect.objectContaining({
        "access-control-allow-origin": VIEWER,
        "access-control-allow-methods": "GET, PUT, POST, HEAD",
        "access-control-allow-headers": "x-amz-date, authorization",
        "access-control-expose-headers": "ETag",
        "access-control-max-age": "60",
        "access-control-allow-credentials": "true",
        vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
      }),
    ]);
    const refused = await preflight("/open/a", VIEWER, "PUT", "x-other");
    expect([refused.status, await bodyOf(refused)]).toEqual([
      403,
      expect.stringMatching(/<Code>AccessForbidden<\/Code><Message>CORSResponse: .*<Method>PUT<\/Method>/),
    ]);
    expect((await preflight("/open/a", "https://other.example", "DELETE")).status).toBe(200);
    expect((await preflight("/open/a", "https://other.example", "GET")).status).toBe(403);
  });

  test("writes, reads, lists and deletes objects, and may read the answers", async () => {
    const page = { origin: VIEWER, authorization: FOR_S3 };
    const put = await send("PUT", "/open/a", page, "text");
    const get = await send("GET", "/open/a", { origin: VIEWER });
    const list = await send("GET", "/open?list-type=2", page);
    const many = await send("POST", "/open?delete", page, "<Delete><Object><Key>x</Key></Object></Delete>");
    for (const { status, headers } of [put, get, list, many])
      expect([status, headers["access-control-allow-origin"]]).toEqual([200, VIEWER]);
    expect(await bodyOf(get)).toBe("text");
    expect((await send("DELETE", "/open/a", page)).status).toBe(204);
  });

  test.each([
    ["another bucket", "PUT", "/closed/a", {}],
    ["what a rule does not name", "PUT", "/readable/a", {}],
    ["the bucket's rules", "PUT", "/open?cors", {}],
    ["the bucket's rules", "DELETE", "/open?cors", {}],
    ["the bucket", "DELETE", "/open", {}],
    ["the bucket", "PUT", "/open", {}],
    ["a new bucket", "PUT", "/fresh", {}],
    ["a copy of what it may not read", "PUT", "/open/a", { "x-amz-copy-source": "/closed/key" }],
    ["a copy of what it may not read", "PUT", "/open/a", { "x-amz-copy-source": "closed%2Fkey" }],
    ["data stores", "POST", "/datastore", { authorization: FOR_IMAGING }],
    ["data stores", "POST", "/datastore", { authorization: "" }],
    ["HealthImaging at a bucket's path", "PUT", "/open/a", { authorization: FOR_IMAGING }],
    ["other services", "PUT", "/open/a", { authorization: "", "x-amz-target": "sts" }],
    ["the emulator", "POST", "/_local/reset", {}],
  ])("reaches nothing else: %s by %s %s", async (_, method, target, headers) => {
    const answer = await send(method, target, { authorization: FOR_S3, origin: VIEWER, ...headers });
    expect([answer.status >= 400, answer.headers["access-control-allow-origin"]]).toEqual([true, undefined]);
    const stores = await send("GET", "/datastore", { authorization: FOR_IMAGING });
    expect(await bodyOf(stores)).toContain('"datastoreSummaries":[]');
    for (const key of ["/closed/a", "/open/a", "/readable/a"])
      expect((await send("HEAD", key, { authorization: FOR_S3 })).status).toBe(404);
    for (const bucket of ["/open?cors", "/closed/key"])
      expect((await send("GET", bucket, { authorization: FOR_S3 })).status).toBe(200);
  });

  test.each([
    ["/_local/reset", "POST"],
    ["/datastore", "POST"],
    ["/datastore/a", "DELETE"],
    ["/closed/a", "PUT"],
    ["/", "GET"],
  ])("cannot ask for %s by %s", async (target, method) => {
    const { status, headers } = await preflight(target, VIEWER, method);
    expect([status, headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  });

  test("does not leave the bucket by the host, where that names one", async () => {
    const page = { authorization: FOR_S3, origin: VIEWER };
    const at = (bucket: string) => ({ ...page, host: `${bucket}.s3.us-east-1.amazonaws.com` });
    expect((await send("PUT", "/open/a", at("closed"))).status).toBe(403);
    expect((await send("PUT", "/a", at("open"))).status).toBe(200);
    expect((await send("HEAD", "/open/a", { authorization: FOR_S3 })).status).toBe(200);
    expect((await send("HEAD", "/closed/open/a", { authorization: FOR_S3 })).status).toBe(404);
  });

  test("does not leave the bucket by a path", async () => {
    const page = { authorization: FOR_S3, origin: VIEWER };
    expect((await send("PUT", "/open/../closed/a", page)).status).toBe(400);
    expect((await send("PUT", "/open%2F..%2Fclosed/a", page)).status).toBe(403);
  });

  test("copies within the bucket, and from one that its rules let it read", async () => {
    for (const source of ["/open/key", "readable/key"]) {
      const headers = { authorization: FOR_S3, origin: VIEWER, "x-amz-copy-source": source };
      expect((await send("PUT", "/open/copy", headers)).status).toBe(200);
    }
  });
});

test("a page of any origin reads where a rule names all, without credentials", async () => {
  const { status, headers } = await send("GET", "/readable/key", { origin: "null" });
  expect([
    status,
    headers["access-control-allow-origin"],
    headers["access-control-allow-credentials"],
  ]).toEqual([200, "*", undefined]);
});

describe("a page that the emulator lets in by itself", () => {
  const LOCAL = "http://localhost:3000";

  test("is answered by the rules of a bucket that has some", async () => {
    expect((await preflight("/open/a", LOCAL, "PUT")).status).toBe(403);
    const put = await send("PUT", "/open/a", { origin: LOCAL, authorization: FOR_S3 }, "text");
    expect([put.status, put.headers["access-control-allow-origin"]]).toEqual([200, undefined]);
    const get = await send("GET", "/readable/key", { origin: LOCAL });
    expect(get.headers["access-control-allow-origin"]).toBe("*");
  });

  test("calls every other bucket as before", async () => {
    expect((await preflight("/closed/a", LOCAL, "PUT")).status).toBe(200);
    const { headers } = await send("GET", "/closed/key", { origin: LOCAL });
    expect(headers["access-control-allow-origin"]).toBe(LOCAL);
  });
});

test("the rules end with the bucket's CORS configuration", async () => {
  await send("DELETE", "/open?cors", { authorization: FOR_S3 });
  expect((await preflight("/open/a", VIEWER, "PUT")).status).toBe(403);
  expect((await send("PUT", "/open/a", { origin: VIEWER, authorization: FOR_S3 })).status).toBe(403);
});
