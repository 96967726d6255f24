import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { brokenBody } from "../../src/client/broken-connection.ts";
import type { FaultedCall } from "../../src/scenario/faults/effect.ts";
import { error } from "../../src/scenario/faults/error.ts";
import { reset } from "../../src/scenario/faults/reset.ts";
import { slow } from "../../src/scenario/faults/slow.ts";
import { truncate } from "../../src/scenario/faults/truncate.ts";
import type { Subject } from "../../src/scenario/subject.ts";
import { failureOf, importFrames, openFaulty, type Faulty, type FrameAddress } from "./faulty.ts";

const SUBJECT: Subject = {
  kind: "call",
  account: "000000000000",
  region: "us-east-1",
  accessKeyId: "test",
  operation: "dicomweb:GetDICOMInstance",
  datastoreId: undefined,
  imageSetId: undefined,
  frameId: undefined,
  jobId: undefined,
  jobName: undefined,
  file: undefined,
  attempt: undefined,
  transition: undefined,
};
const CALL: FaultedCall = {
  subject: SUBJECT,
  draw: () => 0,
  wait: async () => false,
  otherFrame: async () => undefined,
};
const UID = "2.25.291834617234511289.1";

let faulty: Faulty;
let instance: string;
let whole: Uint8Array;
beforeAll(async () => {
  faulty = await openFaulty("socket");
  const [frame] = (await importFrames(faulty, 1)) as [FrameAddress];
  instance = `${faulty.url}/datastore/${frame.datastoreId}/studies/${UID}/series/${UID}.1/instances/${UID}.1.1`;
  whole = await download();
});
afterAll(async () => faulty[Symbol.asyncDispose]());

const download = async (): Promise<Uint8Array> => {
  const response = await fetch(instance);
  if (!response.ok) throw new Error(String(response.status));
  return new Uint8Array(await response.arrayBuffer());
};
const effect = (effects: string): Promise<void> =>
  faulty.play(`rules: [{ id: a, match: { op: "dicomweb:*" }, effects: [${effects}] }]`);

test.each([
  "{ truncate: {} }",
  "{ truncate: { framing: reset } }",
  "{ reset: { bytes: 100000 } }",
  "{ reset: {} }",
])("a file that is written while it is sent is cut off: %s", async (effects) => {
  await effect(effects);
  expect(await failureOf(download())).toBeInstanceOf(TypeError);
});

test("a file is half of it where it ends in good order", async () => {
  await effect("{ truncate: { framing: chunkedClean } }");
  expect(await download()).toEqual(whole.subarray(0, whole.length >> 1));
});

test("a file comes slowly, and whole", async () => {
  await effect("{ slow: { bytesPerSecond: 10000000 } }, { contentType: { set: text/plain } }");
  expect(await download()).toEqual(whole);
});

test("a HEAD request has nothing that could be cut", async () => {
  await effect("{ truncate: {} }, { slow: { bytesPerSecond: 10 } }");
  const { status, headers } = await fetch(instance, { method: "HEAD" });
  expect([status, headers.get("content-length")]).toEqual([200, String(whole.length)]);
});

test("a client that goes away in the middle leaves the emulator as it was", async () => {
  await effect("{ slow: { bytesPerSecond: 100000 } }");
  const aborted = new AbortController();
  const { body } = await fetch(instance, { signal: aborted.signal });
  await body?.getReader().read();
  aborted.abort();
  await faulty.local("DELETE", "/_local/scenarios");
  expect(await download()).toEqual(whole);
});

test.each([
  ["slow", slow.create({ bytesPerSecond: 10 })],
  ["truncate", truncate.create({ framing: "chunkedClean" })],
  ["reset", reset.create({ bytes: 1 })],
  ["reset after commit", reset.create({ after: "commit" })],
  ["error after commit", error.create({ type: "InternalServerException", after: "commit" })],
])("nothing is left of a file that %s takes from a client that has gone", async (_, fault) => {
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
])("what is slow comes in one piece when its scenario has ended", async (body) => {
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
