import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { createHttpServer, serverFactory } from "../../../src/app/gateway/express.ts";
import { listen } from "../../../src/app/gateway/listen.ts";

test("a handler is told when its client disconnects, and the connection is closed", async () => {
  const arrived = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const server = await listen(
    () =>
      createHttpServer(async ({ whenGone }) => {
        whenGone?.(gone.resolve);
        arrived.resolve();
        await gone.promise;
        return { status: 200, headers: {} };
      }),
    "127.0.0.1",
    0,
  );
  const leaving = new AbortController();
  const fetching = fetch(server.url, { signal: leaving.signal });
  fetching.catch(() => {});
  await arrived.promise;
  leaving.abort();
  await gone.promise;
  await expect(fetching).rejects.toThrow("aborted");
  await server.close(new Promise(() => {}));
});

test.each([
  ["whole", {}],
  ["broken off", { breaksOff: { afterBytes: 1, how: "reset" } as const }],
])("the body of an answer that is sent %s is destroyed when its client has disconnected", async (_, how) => {
  const arrived = Promise.withResolvers<void>();
  const body = Readable.from([Buffer.from("pixels")], { objectMode: false });
  const closed = new Promise((resolve) => body.once("close", resolve));
  const server = await listen(
    () =>
      createHttpServer(async ({ whenGone }) => {
        const gone = Promise.withResolvers<void>();
        whenGone?.(gone.resolve);
        arrived.resolve();
        await gone.promise;
        return { status: 200, headers: {}, body, ...how };
      }),
    "127.0.0.1",
    0,
  );
  const leaving = new AbortController();
  fetch(server.url, { signal: leaving.signal }).catch(() => {});
  await arrived.promise;
  leaving.abort();
  await closed;
  await server.close(new Promise(() => {}));
});

describe("a client that closes its side of the connection before it is answered", () => {
  const ask = (url: string): Promise<string> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.end("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return text(socket);
  };

  test("gets the whole answer, and the connection is closed", async () => {
    const closing = Promise.withResolvers<void>();
    const server = await listen(
      () =>
        createHttpServer(async ({ whenGone }) => {
          // Its end has arrived: what waits is told.
          whenGone?.(closing.resolve);
          await closing.promise;
          return { status: 200, headers: {}, body: "answer" };
        }),
      "127.0.0.1",
      0,
    );
    expect(await ask(server.url)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nanswer$/);
    await server.close(new Promise(() => {}));
  });
});

test("an answer that begins before the body has been read reaches the client, and the connection serves on", async () => {
  const server = await listen(
    () =>
      createHttpServer(async ({ body }) => {
        for await (const _ of body) break;
        return { status: 400, headers: {}, body: "no" };
      }),
    "127.0.0.1",
    0,
  );
  const byteLength = 32_000_000;
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(`PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${byteLength}\r\n\r\n`);
  socket.write(Buffer.alloc(byteLength));
  socket.end("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect((await text(socket)).match(/HTTP\/1\.1 400/g)).toHaveLength(2);
  await server.close(new Promise(() => {}));
});

test("an answer that cannot be sent becomes an InternalServerException without details, and is logged", async () => {
  const logged: string[] = [];
  const log = { error: (message: string, cause: unknown) => logged.push(`${message}: ${String(cause)}`) };
  const create = serverFactory(async () => ({ status: 200, headers: { "x-name": "a\nb" } }), log);
  const server = await listen(create, "127.0.0.1", 0);
  const answer = await fetch(server.url);
  expect([
    answer.status,
    answer.statusText,
    answer.headers.get("x-amzn-errortype"),
    await answer.json(),
  ]).toEqual([
    500,
    "Internal Server Error",
    "InternalServerException",
    { message: "An unexpected error occurred during processing of the request." },
  ]);
  expect(logged).toEqual([expect.stringMatching(/^request \S+ failed: TypeError \[ERR_INVALID_CHAR\]/)]);
  await server.close(new Promise(() => {}));
});
