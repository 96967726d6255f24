import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { createHttpServer } from "../../../src/app/gateway/express.ts";
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
