import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { brokenBody } from "../../../src/local/sdk/broken-connection.ts";
import type { FaultedCall } from "../../../src/local/scenarios/faults/effect.ts";
import { error } from "../../../src/local/scenarios/faults/error.ts";
import { resetConnection } from "../../../src/local/scenarios/faults/reset.ts";
import { slow } from "../../../src/local/scenarios/faults/slow.ts";
import { truncate } from "../../../src/local/scenarios/faults/truncate.ts";

const CALL: FaultedCall = {
  draw: () => 0,
  wait: async () => false,
  otherFrame: async () => undefined,
};

test.each([
  ["slow", slow.create({ bytesPerSecond: 10 })],
  ["truncate", truncate.create({ framing: "chunkedClean" })],
  ["reset", resetConnection.create({ bytes: 1 })],
  ["reset after commit", resetConnection.create({ after: "commit" })],
  ["error after commit", error.create({ type: "InternalServerException", after: "commit" })],
])("the stream of a file is closed when its client disconnects under %s", async (_, fault) => {
  if (fault.kind !== "call") throw new Error(`expected a fault of calls, got one of ${fault.kind}`);
  const file = Readable.from([Buffer.from("pixels")], { objectMode: false });
  const closed = new Promise((resolve) => file.once("close", resolve));
  const answered = { status: 200, headers: { "content-length": "6" }, body: file };
  const { body, breaksOff } = await fault.apply(async () => answered, CALL);
  if (body instanceof Readable) (breaksOff === undefined ? body : brokenBody(body, 1)).destroy();
  await closed;
});

test.each([
  "pixels",
  Readable.from(
    ["pix", "els"].map((part) => Buffer.from(part)),
    { objectMode: false },
  ),
])("the rest of a slow answer is sent at once when its scenario has ended", async (body) => {
  const fault = slow.create({ bytesPerSecond: 10 });
  if (fault.kind !== "call") throw new Error(`expected a fault of calls, got one of ${fault.kind}`);
  const headers = { "content-length": "6" };
  const answer = await fault.apply(async () => ({ status: 200, headers, body }), CALL);
  if (!(answer.body instanceof Readable)) throw new Error("expected a stream");
  // The first piece goes without a wait.
  const pieces = (await Array.fromAsync(answer.body)).map(String);
  expect(pieces.join("")).toBe("pixels");
  expect(pieces.slice(0, 2)).toEqual(["p", typeof body === "string" ? "ixels" : "ix"]);
  expect(pieces.length).toBeLessThanOrEqual(3);
});
