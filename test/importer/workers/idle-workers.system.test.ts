import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { bundled } from "../../entry.ts";

/** Node.js has nothing left to do at `beforeExit`: an idle worker that is there then does not keep the process. */
const SCRIPT = `
  import { createEmulator } from ${JSON.stringify(bundled("index.js"))};
  const durations = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };
  const emulators = [await createEmulator({ durations }), await createEmulator({ durations })];
  for (const { control } of emulators) await control.importFolder(process.argv[1]);
  await emulators[0].close();
  process.once("beforeExit", async () => {
    const { parts } = await emulators[1].control.health();
    console.log(/^[1-9]\\d* of \\d+ workers started/.test(parts.codec.detail));
  });
`;

test("a process with idle workers, and an emulator that is not closed, ends by itself", async () => {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const { name, bytes } of createSampleSeries(1)) await writeFile(join(folder, name), bytes);
  const args = ["--input-type=module", "--eval", SCRIPT, folder];
  expect((await promisify(execFile)(process.execPath, args)).stdout).toBe("true\n");
});
