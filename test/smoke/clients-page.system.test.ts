import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { openServer } from "../clients.ts";
import { readDocuments, withCode } from "../documents.ts";

const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isBotoThere) process.stderr.write("SKIPPED: boto3; install python3-boto3\n");

const IMPORT = "def test_import";
test.skipIf(!isBotoThere).each(withCode(readDocuments(), IMPORT))(
  "the Python code of the pages runs as it stands (of $version)",
  async (edition) => {
    await using sandbox = await openServer();
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-python-"));
    try {
      await mkdir(join(folder, "my-dicom"));
      for (const { name, bytes } of createSampleSeries(2))
        await writeFile(join(folder, "my-dicom", name), bytes);
      const code = edition.run(IMPORT);
      expect(edition.notRun(import.meta.filename)).toEqual([]);
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
  },
);
