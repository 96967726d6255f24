import { expect, test } from "vitest";
import { createHttpServer } from "../../src/gateway/express.ts";
import { listen } from "../../src/gateway/listen.ts";

test("a client that goes away is told of to whoever asked, and its connection goes", async () => {
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
