import { expect, test } from "vitest";
import { createHttpServer } from "../../../src/app/gateway/express.ts";
import { listen } from "../../../src/app/gateway/listen.ts";

test("a request over a socket has the address that it came from", async () => {
  const addresses: unknown[] = [];
  const create = () =>
    createHttpServer(async ({ sourceAddress }) => {
      addresses.push(sourceAddress);
      return { status: 204, headers: {} };
    });
  const { url, close } = await listen(create, "127.0.0.1", 0);
  await fetch(url);
  await close(Promise.resolve());
  expect(addresses).toEqual(["127.0.0.1"]);
});
