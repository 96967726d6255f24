import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { answerClientError } from "../../../src/app/gateway/client-error.ts";
import { createHttpServer } from "../../../src/app/gateway/express.ts";
import { ManualClock } from "../../manual-clock.ts";

/** A server that waits 20 ms for a request, and a client that never closes its side. */
async function open(clock = new ManualClock()): Promise<{ client: Socket; served: Socket }> {
  const server: Server = createHttpServer(
    () => Promise.resolve({ status: 200, headers: {} }),
    (options, listener) =>
      createServer(
        { ...options, connectionsCheckingInterval: 10, headersTimeout: 20, requestTimeout: 20 },
        listener,
      ),
  );
  server.removeAllListeners("clientError");
  server.on("clientError", (error, socket) => answerClientError(error, socket, clock));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const connected = once(server, "connection") as Promise<[Socket]>;
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const [served] = await connected;
  return { client, served };
}

test("a client whose request is late, and who does not close, is answered and loses its connection", async () => {
  const { client, served } = await open();
  const closed = once(served, "close");
  client.write("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-le");
  const [answer] = (await once(client, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
  await closed;
});

test("a client that does not speak HTTP, and does not close, is answered and loses its connection after a while", async () => {
  const clock = new ManualClock();
  const { client, served } = await open(clock);
  const closed = once(served, "close");
  client.write("not HTTP\r\n\r\n");
  const [answer] = (await once(client, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  clock.advance(4999);
  expect(served.destroyed).toBe(false);
  clock.advance(1);
  await closed;
});
