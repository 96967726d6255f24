import { afterAll, beforeAll, expect, test } from "vitest";
import { failureOf, importFrames, openFaulty, type Faulty, type FrameAddress } from "./faulty.ts";

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
])("a file that is written while it is sent is cut off by %s", async (effects) => {
  await effect(effects);
  expect(await failureOf(download())).toBeInstanceOf(TypeError);
});

test("half a file is received where the answer ends cleanly", async () => {
  await effect("{ truncate: { framing: chunkedClean } }");
  expect(await download()).toEqual(whole.subarray(0, whole.length >> 1));
});

test("a slow file is received whole", async () => {
  await effect("{ slow: { bytesPerSecond: 10000000 } }, { contentType: { set: text/plain } }");
  expect(await download()).toEqual(whole);
});

test("a HEAD request is answered unchanged by truncate and slow", async () => {
  await effect("{ truncate: {} }, { slow: { bytesPerSecond: 10 } }");
  const { status, headers } = await fetch(instance, { method: "HEAD" });
  expect([status, headers.get("content-length")]).toEqual([200, String(whole.length)]);
});

test("a client that disconnects during a file does not affect later files", async () => {
  await effect("{ slow: { bytesPerSecond: 100000 } }");
  const aborted = new AbortController();
  const { body } = await fetch(instance, { signal: aborted.signal });
  await body?.getReader().read();
  aborted.abort();
  await faulty.local("DELETE", "/_local/scenarios");
  expect(await download()).toEqual(whole);
});
