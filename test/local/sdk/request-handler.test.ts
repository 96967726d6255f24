import { setImmediate } from "node:timers/promises";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import {
  CreateDatastoreCommand,
  GetDatastoreCommand,
  MedicalImagingClient,
  UntagResourceCommand,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import type { HttpHandler, HttpRequest } from "../../../src/api/http.ts";
import { createRequestHandler } from "../../../src/local/sdk/request-handler.ts";
import { createHttpServer } from "../../../src/app/gateway/express.ts";
import { listen } from "../../../src/app/gateway/listen.ts";
import { createEmulator } from "../../../src/index.ts";

const common = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const REQUEST = { method: "POST", path: "/x", headers: {} };

/** A gateway that keeps what arrives. */
function recorder(): { handle: HttpHandler; seen: (Omit<HttpRequest, "body"> & { body: string })[] } {
  const seen: (Omit<HttpRequest, "body"> & { body: string })[] = [];
  const handle: HttpHandler = async ({ body, ...request }) => {
    seen.push({ ...request, body: await text(Readable.from(body)) });
    return { status: 200, headers: { "content-type": "application/json" }, body: "{}" };
  };
  return { handle, seen };
}

describe("a request in process", () => {
  test("arrives as it does over a socket", async () => {
    const { handle, seen } = recorder();
    const { url, close } = await listen(() => createHttpServer(handle), "127.0.0.1", 0);
    const both = { ...common, endpoint: url };
    const clients = [
      new MedicalImagingClient({ ...both, disableHostPrefix: true }),
      new MedicalImagingClient({
        ...both,
        disableHostPrefix: true,
        requestHandler: createRequestHandler(handle),
      }),
    ];
    const resourceArn = `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${"0".repeat(32)}`;
    for (const client of clients) {
      await client.send(new CreateDatastoreCommand({ datastoreName: "é", clientToken: "t" }));
      await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a b", "c/(!'*)", "é&=+"] }));
    }
    await close(Promise.resolve());
    const changing = /^(authorization|x-amz-date|amz-sdk-.*|connection|user-agent|x-amz-user-agent)$/;
    const comparable = seen.map(({ headers, method, path, query, body }) => ({
      method,
      path,
      query,
      body,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !changing.test(name))),
    }));
    expect(comparable).toHaveLength(4);
    expect(comparable.slice(2)).toEqual(comparable.slice(0, 2));
    expect(comparable[3]?.query).toBe("tagKeys=a%20b&tagKeys=c%2F%28%21%27%2A%29&tagKeys=%C3%A9%26%3D%2B");
  });

  test.each([
    ["a string", "body"],
    ["bytes", new TextEncoder().encode("body")],
    ["a view into more", Buffer.from("a body here").subarray(2, 6)],
    ["an ArrayBuffer", new TextEncoder().encode("body").buffer],
    ["a stream", Readable.from(["bo", "dy"])],
    ["a web stream", new Blob(["body"]).stream()],
  ])("carries a body that is %s", async (_, body) => {
    const { handle, seen } = recorder();
    await createRequestHandler(handle).handle({ ...REQUEST, body });
    expect(seen[0]?.body).toBe("body");
  });

  test("ends its body at its Content-Length, and fails when the body is shorter", async () => {
    const { handle, seen } = recorder();
    const send = (length: string) =>
      createRequestHandler(handle).handle({
        ...REQUEST,
        headers: { "Content-Length": length },
        body: Readable.from(["body"]),
      });
    await send("2");
    expect(seen[0]).toMatchObject({ body: "bo", headers: { "content-length": "2" } });
    await expect(send("9")).rejects.toThrow("5 bytes before");
  });
});

describe("an answer in process", () => {
  test("belongs to the caller: changing it does not change stored data", async () => {
    const held = Buffer.from("frame");
    const handler = createRequestHandler(async () => ({ status: 200, headers: {}, body: held }));
    const { response } = await handler.handle(REQUEST);
    for await (const chunk of response.body) (chunk as Uint8Array).fill(0);
    expect(held.toString()).toBe("frame");
    expect(response.headers["content-length"]).toBe("5");
  });

  test("to a HEAD request has a length and no body", async () => {
    const handler = createRequestHandler(async () => ({ status: 200, headers: {}, body: "12345" }));
    const { response } = await handler.handle({ ...REQUEST, method: "HEAD" });
    expect([response.headers["content-length"], await text(response.body)]).toEqual(["5", ""]);
  });
});

describe("an abort signal", () => {
  const never = createRequestHandler(() => new Promise(() => {}));

  test("that is already aborted stops a request before it is sent", async () => {
    const { handle, seen } = recorder();
    const sent = createRequestHandler(handle).handle(REQUEST, { abortSignal: AbortSignal.abort() });
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
    expect(seen).toEqual([]);
  });

  test("ends the wait for an answer", async () => {
    const controller = new AbortController();
    const waiting = never.handle(REQUEST, { abortSignal: controller.signal });
    await setImmediate();
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toMatchObject({ name: "AbortError", cause: new Error("enough") });
  });

  test("ends an answer that is being read, and throws nothing when it is not read", async () => {
    const controller = new AbortController();
    const body = new Readable({ read: () => {} });
    const handler = createRequestHandler(async () => ({ status: 200, headers: {}, body }));
    const { response } = await handler.handle(REQUEST, { abortSignal: controller.signal });
    controller.abort();
    await setImmediate();
    expect(response.body.destroyed).toBe(true);
  });
});

describe("an emulator in process", () => {
  test("serves S3 streams byte for byte", async () => {
    await using emulator = await createEmulator();
    const { requestHandler } = emulator;
    const s3 = new S3Client({ ...common, requestHandler, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "in-process" }));
    const bytes = Buffer.alloc(300_000, "pixels");
    const Body = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
    const at = { Bucket: "in-process", Key: "a b/ü+(1).dcm" };
    await s3.send(new PutObjectCommand({ ...at, Body, ContentLength: bytes.length }));
    const got = await s3.send(new GetObjectCommand(at));
    expect(bytes.equals((await got.Body?.transformToByteArray()) ?? new Uint8Array())).toBe(true);
  });

  test("has its own state, and is closed once", async () => {
    await using one = await createEmulator();
    await using other = await createEmulator();
    const open = ({ requestHandler }: typeof one) => new MedicalImagingClient({ ...common, requestHandler });
    const { datastoreId } = await open(one).send(new CreateDatastoreCommand({}));
    const command = new GetDatastoreCommand({ datastoreId });
    expect((await open(one).send(command)).datastoreProperties?.datastoreId).toBe(datastoreId);
    await expect(open(other).send(command)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await one.close();
    await one.close();
    await expect(open(one).send(command)).rejects.toThrow("this emulator is closed");
  });
});
