import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compose } from "../src/compose.ts";
import { bodyOf, call } from "./s3/front.ts";

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
