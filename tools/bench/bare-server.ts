import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The least that an HTTP server in Node.js must do: reads a request, answers 200 with as many bytes as its
 * argument says, the same each time. `{}` where there is none.
 */
const byteLength = Number(process.argv[2] ?? 2);
const body = byteLength === 2 ? Buffer.from("{}") : Buffer.alloc(byteLength, "bare");
const headers = { "content-type": "application/octet-stream", "content-length": body.length };

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200, headers).end(body));
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`READY http://127.0.0.1:${port}\n`);
});
