import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { openServer } from "../clients.ts";
import { decodeAsTheGuide, isGuideDecoderThere } from "./decode.ts";

const isBotoThere = spawnSync("python3", ["-c", "import boto3"]).status === 0;
if (!isBotoThere)
  process.stderr.write("SKIPPED: the guide's examples through boto3; install python3-boto3\n");

test.skipIf(!isBotoThere)("the guide's examples and scenarios run through boto3", async () => {
  await using sandbox = await openServer();
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-guide-"));
  try {
    for (const { name, bytes } of createSampleSeries(3)) await writeFile(join(folder, name), bytes);
    const script = join(import.meta.dirname, "guide_examples.py");
    const { stdout } = await promisify(execFile)("python3", [script, sandbox.emulator.url, folder], {
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true" },
    });
    const { frames, ...summary } = JSON.parse(stdout) as { frames: Record<string, number> };
    const tags = [{ Deployment: "Development" }, {}];
    expect(summary).toEqual({
      searches: [1, 1, 1, 1],
      sameMetadata: true,
      versions: ["1"],
      datastores: ["boto-guide"],
      tags: [tags, tags],
      deleted: "DELETED",
      error: 404,
      updates: ["2", "3", "4"].map((version) => [version, "UPDATED"]),
      copies: ["1", "2"].map((version) => [
        [version, "COPIED"],
        ["1", "COPIED"],
      ]),
    });
    expect(Object.keys(frames)).toHaveLength(3);
    const files = await Promise.all(Object.keys(frames).map((id) => readFile(join(folder, `${id}.jph`))));
    if (isGuideDecoderThere) expect(await decodeAsTheGuide(files)).toEqual(Object.values(frames));
  } finally {
    await rm(folder, { recursive: true });
  }
});
