import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import {
  CreateDatastoreCommand,
  ListDICOMImportJobsCommand,
  MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HttpHandler } from "../../../src/api/http.ts";
import { ControlClient, ControlClientError, startEmulator, type EmulatorServer } from "../../../src/index.ts";
import { createActiveDatastore, openServer } from "../../clients.ts";
import { importSlices } from "../../contract/image-sets/image-sets.ts";

let emulator: EmulatorServer;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const REACHED: [string, () => ControlClient][] = [
  ["over a socket", () => new ControlClient(emulator.url)],
  ["by a URL", () => new ControlClient(new URL(emulator.url))],
  ["in process", () => emulator.control],
];

describe.each(REACHED)("the client of /_local %s", (_, reach) => {
  test("shows the health of the emulator", async () => {
    const { status, parts } = await reach().health();
    expect([status, Object.keys(parts)]).toEqual(["ok", ["state", "blobs", "s3", "codec"]]);
  });

  test("shows limits and changes them", async () => {
    const { limits } = reach();
    expect(await limits.get()).toMatchObject({ throttling: "off", deny: [] });
    const changed = await limits.set({ quotas: { "Maximum data stores": 3 }, throttling: 2 });
    expect(changed.quotas["Maximum data stores"]?.value).toBe(3);
    expect(await limits.get()).toEqual(changed);
  });

  test("resets all, or an account", async () => {
    const control = reach();
    expect(await control.reset()).toEqual({ epoch: 1, cancelledJobs: 0 });
    expect(await control.reset({ account: "111122223333" })).toEqual({
      epoch: 1,
      cancelledJobs: 0,
      account: "111122223333",
      datastores: 0,
    });
    expect(await control.reset({ buckets: true })).toMatchObject({ buckets: { removed: [], kept: [] } });
  });

  test("throws the emulator's reason for a refusal", async () => {
    const refused = reach().reset({ account: "1" });
    await expect(refused).rejects.toThrow("account expects 12 digits");
    await expect(refused).rejects.toMatchObject({ name: "ControlClientError", status: 400 });
    await expect(reach().imageSet("a/b?")).rejects.toBeInstanceOf(ControlClientError);
    await expect(reach().imageSet("0".repeat(32))).rejects.toMatchObject({ status: 404 });
  });

  test("finds no progress of an unknown job", async () => {
    const message = `importJob/${"0".repeat(32)} does not exist`;
    await expect(reach().importJob("0".repeat(32))).rejects.toMatchObject({ status: 404, message });
  });
});

test("the client of /_local shows no progress of a job that has ended", async () => {
  await using sandbox = await openServer();
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  await importSlices(sandbox, datastoreId, "dicom", 0, 1);
  const { jobSummaries = [] } = await sandbox.medicalImaging.send(
    new ListDICOMImportJobsCommand({ datastoreId }),
  );
  expect(await sandbox.emulator.control.importJob(jobSummaries[0]?.jobId ?? "")).toBeNull();
});

test("the client of /_local shows an image set's tier", async () => {
  await using sandbox = await openServer();
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  const imageSetId = await importSlices(sandbox, datastoreId, "dicom", 0, 1);
  const { storageTier, lastAccessedAt } = await sandbox.emulator.control.imageSet(imageSetId);
  expect([storageTier, Number.isNaN(Date.parse(lastAccessedAt))]).toEqual(["FREQUENT_ACCESS", false]);
});

test("the client of /_local reports an unhealthy emulator", async () => {
  const sick = new ControlClient(async () => ({ status: 503, headers: {}, body: '{"status":"error"}' }));
  expect(await sick.health()).toEqual({ status: "error" });
});

test("the client of /_local reports an answer that is not JSON as it is", async () => {
  const proxy = new ControlClient(async () => ({
    status: 502,
    headers: {},
    body: Buffer.from("Bad Gateway"),
  }));
  await expect(proxy.reset()).rejects.toMatchObject({ status: 502, message: "Bad Gateway" });
  const silent = new ControlClient(async () => ({ status: 500, headers: {}, body: Readable.from(["[]"]) }));
  await expect(silent.reset()).rejects.toMatchObject({ message: "the emulator answered 500" });
});

test("the client of /_local says that nothing listens at its address", async () => {
  const { url } = emulator;
  await emulator.close();
  await expect(new ControlClient(url).health()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(emulator.control.health()).rejects.toThrow("closed");
});

test("reset() on the emulator is the same reset", async () => {
  const client = new MedicalImagingClient({
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    requestHandler: emulator.requestHandler,
  });
  await client.send(new CreateDatastoreCommand({}));
  expect(await emulator.reset()).toEqual({ epoch: 1, cancelledJobs: 0 });
  expect(await emulator.reset()).toEqual({ epoch: 2, cancelledJobs: 0 });
});

/** What a client sends, one request after the other. */
function recorder(): { sent: unknown[]; control: ControlClient } {
  const sent: unknown[] = [];
  const handle: HttpHandler = async ({ method, path, query, body }) => {
    const json = await text(Readable.from(body));
    sent.push([method, query === "" ? path : `${path}?${query}`, ...(json === "" ? [] : [JSON.parse(json)])]);
    return { status: 200, headers: {}, body: "{}" };
  };
  return { sent, control: new ControlClient(handle) };
}

describe("the client of /_local sends", () => {
  test("the requests that move the clock", async () => {
    const { sent, control } = recorder();
    await control.clock.now();
    await control.clock.freeze();
    await control.clock.freeze("2026-01-15T02:00:00Z");
    await control.clock.advance("PT5M");
    await control.clock.advance(250);
    await control.clock.set(new Date(0));
    await control.clock.resume();
    expect(sent).toEqual([
      ["GET", "/_local/clock"],
      ["POST", "/_local/clock", { action: "freeze" }],
      ["POST", "/_local/clock", { action: "freeze", at: "2026-01-15T02:00:00Z" }],
      ["POST", "/_local/clock", { action: "advance", by: "PT5M" }],
      ["POST", "/_local/clock", { action: "advance", by: "250ms" }],
      ["POST", "/_local/clock", { action: "set", at: "1970-01-01T00:00:00.000Z" }],
      ["POST", "/_local/clock", { action: "resume" }],
    ]);
  });

  test("the request that waits for a status", async () => {
    const { sent, control } = recorder();
    await control.wait("importJob/1", { status: "COMPLETED" });
    await control.wait("importJob/1", { status: ["COMPLETED", "FAILED"], timeout: 5, autoAdvance: true });
    expect(sent).toEqual([
      ["GET", "/_local/wait?resource=importJob%2F1&status=COMPLETED"],
      ["GET", "/_local/wait?resource=importJob%2F1&status=COMPLETED%2CFAILED&timeout=5ms&autoAdvance=1"],
    ]);
  });

  test("the requests that change durations, set states, hold and release", async () => {
    const { sent, control } = recorder();
    await control.durations.get();
    await control.durations.set({ jobInProgressMs: "PT2M", datastoreCreatingMs: 0 });
    await control.resources.push("importJob/1", "FAILED", { message: "no" });
    await control.resources.push("datastore/a?b", "ACTIVE", { force: true });
    await control.resources.hold("datastore/*", "CREATING");
    await control.resources.hold("imageSet/2");
    await control.resources.release("imageSet/2");
    await control.resources.holds();
    await control.resources.get("imageSet/2");
    expect(sent).toEqual([
      ["GET", "/_local/durations"],
      ["POST", "/_local/durations", { jobInProgressMs: "PT2M", datastoreCreatingMs: 0 }],
      ["PUT", "/_local/resources/importJob/1/status", { status: "FAILED", message: "no" }],
      ["PUT", "/_local/resources/datastore/a%3Fb/status", { status: "ACTIVE", force: true }],
      ["PUT", "/_local/resources/datastore/*/hold", { status: "CREATING" }],
      ["PUT", "/_local/resources/imageSet/2/hold", {}],
      ["DELETE", "/_local/resources/imageSet/2/hold"],
      ["GET", "/_local/holds"],
      ["GET", "/_local/resources/imageSet/2/status"],
    ]);
  });
});
