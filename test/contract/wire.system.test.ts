import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openServer, type ServerSandbox } from "../clients.ts";

let sandbox: ServerSandbox;
beforeAll(async () => {
  sandbox = await openServer({ durations: { datastoreCreatingMs: 60_000 } });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOWHERE = "0".repeat(32);
const signedFor = (service: string, region = "us-east-1", key = "test"): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${key}/20240501/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${sandbox.emulator.url}${path}`, init);
const create = async (headers: Record<string, string> = {}): Promise<string> => {
  const response = await call("/datastore", { method: "POST", body: '{"clientToken":"t"}', headers });
  return ((await response.json()) as { datastoreId: string }).datastoreId;
};

/** What comes back for bytes sent as they are. */
async function exchange(request: string): Promise<string> {
  const socket = connect(sandbox.emulator.port, "127.0.0.1");
  socket.end(request);
  return text(socket);
}

/** As `exchange`, of a request with `Connection: close`: the client waits for the answer with its side open. */
async function converse(request: string): Promise<string> {
  const socket = connect(sandbox.emulator.port, "127.0.0.1");
  socket.write(request);
  return text(socket);
}

describe("an answer on the wire", () => {
  test("has a request id and a JSON body with its members in alphabetical order and null for missing values", async () => {
    const id = await create();
    const response = await call(`/datastore/${id}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-amzn-requestid")).toMatch(UUID);
    expect(response.headers.get("x-powered-by")).toBeNull();
    expect(await response.text()).toMatch(
      /^\{"datastoreProperties":\{"createdAt":1\.\d+E9,"datastoreArn":"[^"]+","datastoreId":"[0-9a-f]{32}","datastoreName":null,"datastoreStatus":"CREATING","kmsKeyArn":null,"updatedAt":1\.\d+E9\}\}$/,
    );
  });

  test("names an error in a header, with only the message in the body", async () => {
    const response = await call(`/datastore/${NOWHERE}`);
    expect(response.status).toBe(404);
    expect(response.headers.get("x-amzn-errortype")).toBe("ResourceNotFoundException");
    expect(response.headers.get("x-amzn-requestid")).toMatch(UUID);
    expect(await response.json()).toEqual({ message: `Data store ${NOWHERE} does not exist` });
  });

  test("has a null token on the last page", async () => {
    expect(await (await call("/datastore?datastoreStatus=CREATE_FAILED")).text()).toBe(
      '{"datastoreSummaries":[],"nextToken":null}',
    );
  });
});

describe("the body of a request", () => {
  test.each([
    ["text that is not JSON", "{", "not valid JSON"],
    ["JSON that is not an object", "[]", "Start of list"],
    ["a number for a string", '{"clientToken":1}', "NUMBER_VALUE"],
    ["a list for a map", '{"clientToken":"t","tags":[]}', "Start of list"],
    [
      "bytes that are not UTF-8",
      new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      "not valid JSON",
    ],
  ])("is answered with a SerializationException: %s", async (_, body, message) => {
    const response = await call("/datastore", { method: "POST", body });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-amzn-errortype")).toBe("SerializationException");
    expect(await response.json()).toEqual({ message: expect.stringContaining(message) });
  });

  test("is refused before it is read when it is too large", async () => {
    const response = await call("/datastore", { method: "POST", body: new Uint8Array(3 * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect(response.headers.get("x-amzn-errortype")).toBe("RequestEntityTooLargeException");
  });

  test("is answered with a RequestAbortedException when it is cut off, and the server serves on", async () => {
    const answer = await exchange(
      `POST /datastore HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"client`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("x-amzn-errortype: RequestAbortedException");
    expect(answer).toMatch(/\{"message":"[^"]+"\}$/);
    expect((await call("/_local/health")).status).toBe(200);
  });

  test("is answered with a MalformedHttpRequestException when the request is not HTTP", async () => {
    expect(await exchange("hello?\r\n\r\n")).toContain("x-amzn-errortype: MalformedHttpRequestException");
  });

  test("is read with every Content-Type header", async () => {
    const init = { method: "POST", body: '{"clientToken":"typed"}' };
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "nonsense"]) {
      expect((await call("/datastore", { ...init, headers: { "content-type": type } })).status).toBe(200);
    }
  });

  test("may have members that are newer than the guide, which are ignored", async () => {
    const body = JSON.stringify({
      clientToken: "t",
      losslessStorageFormat: "NONSENSE",
      lambdaAuthorizerArn: 7,
    });
    expect((await call("/datastore", { method: "POST", body })).status).toBe(200);
  });
});

describe("a request", () => {
  test("finds its service by the credential scope of its Authorization header", async () => {
    expect((await call("/datastore", { headers: signedFor("s3") })).headers.get("content-type")).toContain(
      "xml",
    );
    expect(
      (await call("/nothing", { headers: signedFor("medical-imaging") })).headers.get("x-amzn-errortype"),
    ).toBe("UnknownOperationException");
    const other = await call("/", { headers: signedFor("dynamodb") });
    expect([other.status, await other.json()]).toEqual([
      400,
      { __type: "ServiceNotEmulated", message: expect.stringContaining("dynamodb") },
    ]);
  });

  test("finds its service by the credential scope of its presigned URL", async () => {
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent("test/20240501/us-east-1/s3/aws4_request")}`;
    expect((await call(`/datastore?${query}`)).headers.get("content-type")).toContain("xml");
  });

  test("finds its service by its path when it is unsigned", async () => {
    expect((await call("/datastore")).headers.get("content-type")).toBe("application/json");
    expect((await call("/some-bucket/key")).headers.get("content-type")).toContain("xml");
    expect((await call("/_local/nothing")).status).toBe(404);
    const wrongMethod = await call("/datastore", { method: "PUT" });
    expect(wrongMethod.headers.get("x-amzn-errortype")).toBe("UnknownOperationException");
  });

  test("is served under each name of this machine and network, and with each form of its request line", async () => {
    for (const host of [
      "medical-imaging.us-east-1.amazonaws.com",
      "runtime-127.0.0.1",
      "dicom-localhost:1",
      "x",
      "[::1]:80",
      "Imaging.Shop_default.",
    ]) {
      expect(
        await exchange(`GET /datastore HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      ).toContain("datastoreSummaries");
    }
    const proxied =
      "GET http://medical-imaging.us-east-1.amazonaws.com/datastore HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(await exchange(proxied)).toContain("datastoreSummaries");
  });

  test("is refused under a name that anybody can register; the host of the request line precedes the Host header", async () => {
    const rest = "Connection: close\r\n\r\n";
    for (const head of [
      `GET /datastore HTTP/1.1\r\nHost: evil.example:4464`,
      `GET http://evil.example/datastore HTTP/1.1\r\nHost: localhost`,
      `GET http://localhost@evil.example/datastore HTTP/1.1\r\nHost: localhost`,
    ]) {
      const answer = await exchange(`${head}\r\n${rest}`);
      expect(answer).toMatch(/^HTTP\/1.1 403 /);
      expect(answer).not.toContain("datastoreSummaries");
    }
    const proxied = `GET http://localhost/datastore HTTP/1.1\r\nHost: evil.example\r\n${rest}`;
    expect(await exchange(proxied)).toContain("datastoreSummaries");
  });

  test("is answered by the emulator whatever its target is, never by Express", async () => {
    for (const target of [
      "http://localhost",
      "http://localhost?x=1",
      "http://localhost/",
      "/?x=1",
      "//",
      "//x?",
      "*",
    ])
      for (const method of ["GET", "OPTIONS"]) {
        const answer = await converse(
          `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
        );
        expect(answer, `${method} ${target}`).toMatch(/^HTTP\/1\.1 [245]\d\d /);
        expect(answer, `${method} ${target}`).not.toMatch(/<!DOCTYPE html>|text\/html/i);
      }
    const buckets = "GET http://localhost?x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    expect(await converse(buckets)).toContain("ListAllMyBucketsResult");
  });

  test("is served by the operations of its host only, with a dot at the end of the host too", async () => {
    for (const host of [
      "runtime-medical-imaging.us-east-1.amazonaws.com",
      "runtime-medical-imaging.us-east-1.amazonaws.com.",
    ])
      expect(await exchange(`GET /datastore HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 404 /,
      );
  });

  test("is refused with a message when it has no Host header, unless it is HTTP/1.0", async () => {
    const answer = await exchange("GET /datastore HTTP/1.1\r\nConnection: close\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain("x-amzn-errortype: MalformedHttpRequestException");
    expect(answer).toContain('{"message":"The request has no Host header"}');
    expect(await exchange("GET /datastore HTTP/1.0\r\n\r\n")).toContain("datastoreSummaries");
  });

  test("is refused without a stack trace when its credential has characters that no header can hold", async () => {
    for (const credential of ["A/2024/us/sv\nc/aws4_request", "A/2024/us/漢/aws4_request"]) {
      const response = await call(`/foo?X-Amz-Credential=${encodeURIComponent(credential)}`);
      expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([
        403,
        "IncompleteSignatureException",
      ]);
      expect(await response.text()).not.toContain("node_modules");
    }
  });

  test("is refused when its credential has no scope", async () => {
    const response = await call("/datastore", {
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=test" },
    });
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([
      403,
      "IncompleteSignatureException",
    ]);
  });
});

describe("accounts and regions", () => {
  test("have data stores of their own; an unsigned request finds one by its id", async () => {
    const home = signedFor("medical-imaging", "eu-west-1", "111122223333");
    const id = await create(home);
    const read = async (headers: Record<string, string>): Promise<unknown> =>
      (await call(`/datastore/${id}`, { headers })).json();
    expect(await read(home)).toMatchObject({
      datastoreProperties: { datastoreArn: `arn:aws:medical-imaging:eu-west-1:111122223333:datastore/${id}` },
    });
    expect(await read(signedFor("medical-imaging", "us-east-1", "111122223333"))).toMatchObject({
      message: expect.stringContaining(id),
    });
    expect(await read(signedFor("medical-imaging", "eu-west-1", "444455556666"))).toMatchObject({
      message: expect.stringContaining(id),
    });
    expect(await read({})).toMatchObject({ datastoreProperties: { datastoreId: id } });
  });
});

test("the health check names the version, the release of the service and the parts", async () => {
  const response = await call("/_local/health");
  const part = { status: "ok", detail: expect.any(String) };
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    status: "ok",
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    serviceRelease: "2024-05",
    parts: { state: part, blobs: part, s3: part, codec: part },
  });
});

test("the health check names every codec with its version and path", async () => {
  const { parts } = (await (await call("/_local/health")).json()) as { parts: { codec: { detail: string } } };
  for (const name of ["codec-openjph", "codec-openjpeg", "codec-charls"])
    expect(parts.codec.detail).toMatch(
      new RegExp(`@cornerstonejs/${name} \\d+\\.\\d+\\.\\d+ at /\\S+${name}\\S+\\.js`),
    );
});

test("the server listens on both loopback addresses, where there are two", async () => {
  const response = await fetch(`http://[::1]:${sandbox.emulator.port}/_local/health`).catch(
    (error: { cause?: { code?: string } }) => error.cause?.code,
  );
  if (response instanceof Response) expect(response.status).toBe(200);
  else expect(["EADDRNOTAVAIL", "ENETUNREACH"]).toContain(response);
});
