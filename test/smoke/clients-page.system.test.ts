import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { openServer } from "../clients.ts";

const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isBotoThere) process.stderr.write("SKIPPED: boto3; install python3-boto3\n");

test.skipIf(!isBotoThere)("the Python code of docs/clients.md runs as it stands", async () => {
  await using sandbox = await openServer();
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-python-"));
  try {
    await mkdir(join(folder, "my-dicom"));
    for (const { name, bytes } of createSampleSeries(2))
      await writeFile(join(folder, "my-dicom", name), bytes);
    const page = await readFile(resolve(import.meta.dirname, "../../docs/clients.md"), "utf8");
    const code = /```python\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const env = {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      AWS_ENDPOINT_URL_MEDICAL_IMAGING: sandbox.emulator.url,
    };
    const { stdout } = await promisify(execFile)("python3", ["-c", code], { cwd: folder, env });
    expect(stdout).toBe("imported\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
