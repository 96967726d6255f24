import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { ListDatastoresCommand, MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
import { expect, onTestFinished, test } from "vitest";
import { clientConfig } from "../../../src/local/sdk/client-config.ts";
import { ControlClient } from "../../../src/local/sdk/control-client.ts";

test.each([
  ["http://127.0.0.1:4464", "http://127.0.0.1:4464"],
  ["http://127.0.0.1:4464/", "http://127.0.0.1:4464"],
  ["HTTP://LocalHost:4464", "http://localhost:4464"],
  ["http://[::1]:4464", "http://[::1]:4464"],
  ["https://imaging.example", "https://imaging.example"],
  ["https://proxy.example/imaging/?a#b", "https://proxy.example/imaging"],
  [new URL("http://imaging:4464"), "http://imaging:4464"],
])("clients are configured for %s", (given, endpoint) => {
  expect(clientConfig(given)).toMatchObject({ endpoint, disableHostPrefix: true, forcePathStyle: true });
});

test.each(["localhost:4464", "127.0.0.1", "", "ftp://127.0.0.1", "http://h:99999", "undefined"])(
  "the endpoint '%s' is refused with the reason",
  (given) => {
    const message = `expected a URL such as http://127.0.0.1:4464, got '${given}'`;
    expect(() => clientConfig(given)).toThrow(message);
    expect(() => new ControlClient(given)).toThrow(message);
  },
);

async function listen(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

test("every client keeps the path prefix of a proxy", async () => {
  const asked: string[] = [];
  const port = await listen(
    createHttpServer((request, response) => {
      asked.push(request.url ?? "");
      response.end('{"datastoreSummaries":[]}');
    }),
  );
  const endpoint = `http://127.0.0.1:${port}/imaging/`;
  await new ControlClient(endpoint).report("111122223333");
  await new MedicalImagingClient(clientConfig(endpoint)).send(new ListDatastoresCommand({}));
  expect(asked).toEqual(["/imaging/_local/report?account=111122223333", "/imaging/datastore"]);
});

test("clients use https to a proxy that serves it", async () => {
  const TLS_HANDSHAKE = 0x16;
  const { promise: hello, resolve } = Promise.withResolvers<number | undefined>();
  const port = await listen(
    createServer((socket) =>
      socket.once("data", (bytes) => resolve(bytes[0])).once("data", () => socket.destroy()),
    ),
  );
  await expect(new ControlClient(`https://127.0.0.1:${port}`).health()).rejects.toThrow();
  expect(await hello).toBe(TLS_HANDSHAKE);
});
