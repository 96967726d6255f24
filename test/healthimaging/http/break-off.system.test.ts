import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { BreakOff } from "../../../src/api/http.ts";
import { breakOff } from "../../../src/healthimaging/http/break-off.ts";

const BREAKS: BreakOff[] = [
  { afterBytes: undefined, how: "reset" },
  { afterBytes: 0, how: "reset" },
  { afterBytes: 2, how: "close" },
];

test.each(BREAKS)("a body that is a stream is let go where its answer breaks off: %o", async (how) => {
  const body = Readable.from([Buffer.from("abcd")], { autoDestroy: false });
  const answered = Promise.withResolvers<void>();
  const server = createServer((_, response: ServerResponse) => {
    breakOff(response, { status: 200, headers: { "content-length": "4" }, body }, how).then(
      answered.resolve,
      answered.reject,
    );
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const read = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
  await expect(read).rejects.toThrow();
  await answered.promise;
  expect(body.destroyed).toBe(true);
});
