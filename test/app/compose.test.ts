import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compose } from "../../src/app/compose.ts";
import { createEmulator, startEmulator, type EmulatorOptions } from "../../src/index.ts";
import { bodyOf, call } from "../aws/s3/front.ts";

test("a request to S3 that fails for a reason other than the disk is logged with its error", async () => {
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(data, { recursive: true }));
  const logged: unknown[][] = [];
  const log = { info: () => {}, warn: () => {}, error: (...entry: unknown[]) => void logged.push(entry) };
  const emulator = await compose({ data, log });
  onTestFinished(() => emulator.close());
  await rm(join(data, "s3"), { recursive: true, force: true });
  await writeFile(join(data, "s3"), "a file in place of the buckets' folder");
  const answer = await call(emulator.handleInProcess, {
    method: "PUT",
    target: "/bucket",
    headers: { host: "localhost" },
  });
  expect([answer.status, await bodyOf(answer)]).toEqual([500, expect.stringContaining("InternalError")]);
  expect(logged).toEqual([["an S3 request failed", expect.objectContaining({ code: "EEXIST" })]]);
});

const GOOD_S3 = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };

/** What a program without types can pass. */
const UNTYPED = JSON.parse('{"allowHost": 5}') as { allowHost: string[] };

test.each<[string, EmulatorOptions]>([
  ["the endpoint of another S3", { externalS3: { ...GOOD_S3, endpoint: "not a URL" } }],
  ["a seed", { seed: "/no/such/snapshot.tar" }],
  ["hosts that are not a list", { allowHost: UNTYPED.allowHost }],
  ["the address to listen on", { host: "203.0.113.1" }],
])("a start that fails over %s leaves its data folder free for the next", async (_, wrong) => {
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(data, { recursive: true }));
  const start = wrong.host === undefined ? createEmulator : startEmulator;
  await expect(start({ ...wrong, data })).rejects.toThrow();
  const { close } = await createEmulator({ data });
  await close();
});
