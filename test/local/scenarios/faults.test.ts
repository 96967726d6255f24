import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  failureOf,
  importFrames,
  openFaulty,
  readFrame,
  TRANSPORTS,
  type Faulty,
  type FrameAddress,
} from "./faulty.ts";

describe.each(TRANSPORTS)("a client of the SDK (%s)", (transport) => {
  let faulty: Faulty;
  let frame: FrameAddress;
  beforeAll(async () => {
    faulty = await openFaulty(transport);
    [frame] = (await importFrames(faulty, 2)) as [FrameAddress];
  });
  afterEach(async () => {
    await faulty.local("DELETE", "/_local/scenarios/test");
  });
  afterAll(async () => faulty[Symbol.asyncDispose]());

  const effect = (effects: string, op = "GetImageFrame", more = ""): Promise<void> =>
    faulty.play(`rules: [ { id: it, match: { op: ${op} }, ${more} effects: [ ${effects} ] } ]`);

  test("that is throttled waits as long as the answer says, and succeeds", async () => {
    await effect("{ throttle: { retryAfter: 1s } }", "GetImageFrame", "when: { max: 1 },");
    const begin = performance.now();
    expect((await readFrame(faulty.medicalImaging, frame)).length).toBeGreaterThan(1000);
    expect(performance.now() - begin).toBeGreaterThan(950);
    expect(await faulty.attempts()).toEqual(["429 ThrottlingException", "200"]);
  });

  test("gets an error that the operation models, and does not retry it", async () => {
    await effect("{ error: { type: ConflictException, message: Held } }", "DeleteImageSet");
    const failed = faulty.medicalImaging.deleteImageSet(frame);
    expect(await failureOf(failed)).toMatchObject({ name: "ConflictException", message: "Held" });
    expect(await faulty.attempts()).toEqual(["409 ConflictException"]);
    expect((await faulty.medicalImaging.getImageSet(frame)).imageSetState).toBe("ACTIVE");
  });

  test("repeats a write that was made although the answer was an error", async () => {
    const error = "{ error: { type: InternalServerException, after: commit } }";
    await effect(error, "CreateDatastore", "when: { nth: 1 },");
    const datastoreName = `twice-${transport.slice(0, 2)}`;
    // The SDK's clientToken is the same for both attempts, so both speak of one data store.
    await faulty.medicalImaging.createDatastore({ datastoreName });
    expect(await faulty.attempts()).toEqual(["500 InternalServerException", "200"]);
    const { datastoreSummaries = [] } = await faulty.medicalImaging.listDatastores({});
    expect(datastoreSummaries.filter((store) => store.datastoreName === datastoreName)).toHaveLength(1);
  });

  test("gets the emulator's own error for a refused call, not the error after commit", async () => {
    await effect("{ error: { type: InternalServerException, after: commit } }", "GetDatastore");
    const failed = faulty.medicalImaging.getDatastore({ datastoreId: "0".repeat(32) });
    expect((await failureOf(failed)).name).toBe("ResourceNotFoundException");
  });

  test("fails after three attempts that are answered with a page of HTML", async () => {
    await effect("{ unavailable: { body: html } }");
    const error = await failureOf(readFrame(faulty.medicalImaging, frame));
    expect(error).toMatchObject({ $metadata: { httpStatusCode: 503, attempts: 3 } });
    expect(await faulty.attempts()).toEqual(["503", "503", "503"]);
  });

  test("gets a late answer when the clock reaches its time", async () => {
    await effect("{ latency: { fixed: 10s } }", "GetDatastore");
    faulty.clock.freeze();
    let isThere = false;
    const asked = faulty.medicalImaging.getDatastore(frame).then(() => (isThere = true));
    await expect.poll(() => faulty.clock.nextDue).toBeDefined();
    await faulty.clock.advance(9_999);
    expect(isThere).toBe(false);
    await faulty.clock.advance(1);
    expect(await asked).toBe(true);
    faulty.clock.resume();
  });

  test("can abort a request that is never answered", async () => {
    await effect("{ hang: {} }");
    const aborted = new AbortController();
    const asked = faulty.medicalImaging.getImageFrame(frame, { abortSignal: aborted.signal });
    await expect.poll(() => faulty.attempts()).toEqual([""]);
    aborted.abort();
    expect((await failureOf(asked)).name).toBe("AbortError");
    await expect.poll(() => faulty.attempts()).toEqual(["hang"]);
  });

  test("retries when a connection is reset after hanging for a time", async () => {
    await effect("{ hang: { for: 1s } }", "GetImageFrame", "when: { max: 1 },");
    faulty.clock.freeze();
    const asked = readFrame(faulty.medicalImaging, frame);
    await expect.poll(() => faulty.clock.nextDue).toBeDefined();
    await faulty.clock.advance(1_000);
    expect((await asked).length).toBeGreaterThan(1000);
    faulty.clock.resume();
    expect(await faulty.attempts()).toEqual(["reset", "200"]);
  });

  test("retries when its connection is reset before the answer, although the work was done", async () => {
    await effect("{ reset: { after: commit } }", "TagResource", "when: { max: 1 },");
    const { imageSetArn: resourceArn = "" } = await faulty.medicalImaging.getImageSet(frame);
    await faulty.medicalImaging.tagResource({ resourceArn, tags: { a: "1" } });
    expect(await faulty.attempts()).toEqual(["200", "reset", "204"]);
  });

  test("throws the error of its transport when every attempt is reset", async () => {
    await effect("{ reset: {} }");
    const error = await failureOf(readFrame(faulty.medicalImaging, frame));
    expect(error).toMatchObject({ name: "TimeoutError", code: "ECONNRESET", $metadata: { attempts: 3 } });
  });

  test("gets all effects of one rule together, with the first outermost", async () => {
    await effect(
      "{ latency: { fixed: 1ms } }, { contentType: { set: text/plain } }, { slow: { bytesPerSecond: 10000000 } }",
    );
    const whole = await readFrame(faulty.medicalImaging, frame);
    await faulty.local("DELETE", "/_local/scenarios/test");
    expect(Buffer.from(await readFrame(faulty.medicalImaging, frame)).equals(whole)).toBe(true);
  });
});
