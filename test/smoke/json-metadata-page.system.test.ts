import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { openServer } from "../clients.ts";
import { readDocuments, withCode } from "../documents.ts";

const HAS_INPUT = `
import boto3
client = boto3.client("medical-imaging", "us-east-1", aws_access_key_id="t", aws_secret_access_key="t")
shape = client.meta.service_model.operation_model("StartDICOMImportJob").input_shape
assert "importConfiguration" in shape.members
`;
const isBotoThere = spawnSync("python3", ["-c", HAS_INPUT]).status === 0;
if (!isBotoThere) process.stderr.write("SKIPPED: importConfiguration of boto3; pip install -U boto3\n");

const ENHANCE = 'datastoreName="enhanced"';
test.skipIf(!isBotoThere).each(withCode(readDocuments(), ENHANCE))(
  "boto3 merges JSON metadata as the page does (of $version)",
  async (edition) => {
    await using sandbox = await openServer({ serviceRelease: "2026-06" });
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-python-"));
    try {
      await mkdir(join(folder, "my-dicom"));
      for (const { name, bytes } of createSampleSeries(2))
        await writeFile(join(folder, "my-dicom", name), bytes);
      const code = edition.run(ENHANCE);
      expect(edition.notRun(import.meta.filename)).toEqual([]);
      const env = {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        AWS_ENDPOINT_URL_MEDICAL_IMAGING: sandbox.emulator.url,
      };
      const { stdout } = await promisify(execFile)("python3", ["-c", code], { cwd: folder, env });
      expect(stdout).toBe("2 Doe^Jane Follow-up\n");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
