import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownCorpus } from "../../corpus/corpus.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { ENTRY } from "../../entry.ts";
import { scaled } from "../../setup/timeouts.ts";

const PATIENCE_MS = scaled(60_000);
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function serve(
  data: string,
  ...flags: string[]
): Promise<{ url: string; stop: () => Promise<unknown[]> }> {
  const child = spawn(process.execPath, [ENTRY, "--port", "0", "--data", data, ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const stop = (): Promise<unknown[]> => {
      child.kill("SIGTERM");
      return once(child, "exit");
    };
    if (line.startsWith("READY ")) return { url: line.slice("READY ".length), stop };
  }
  throw new Error("the server ended before it was ready");
}

describe("the bundle that npm start runs", () => {
  test("completes the demo", async () => {
    const { stdout } = await run(process.execPath, [ENTRY, "demo"]);
    const steps = [
      "CREATING",
      "SUBMITTED",
      "IN_PROGRESS",
      "COMPLETED",
      "notes.txt",
      "PHANTOM-1",
      "GetImageFrame: ",
    ];
    for (const step of steps) expect(stdout).toContain(step);
  });

  test("finds the scenarios of the package next to it, and reads YAML", async () => {
    const child = spawn(process.execPath, [ENTRY, "--port", "0", "--scenario", "region-outage"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith("READY ")) continue;
      expect((await fetch(`${line.slice("READY ".length)}/datastore`)).status).toBe(503);
      break;
    }
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("decodes with every codec, which it finds next to it", async () => {
    const server = await serve(join(folder, "codecs"));
    for (const syntax of ["jpeg-ls", "j2k", "jpeg-baseline", "rle"]) {
      const dicom = join(ownCorpus.folder, syntax);
      const args = [ENTRY, "import", dicom, "--datastore", "codecs", "--endpoint", server.url];
      const { stdout } = await run(process.execPath, args);
      expect(stdout).toContain("COMPLETED");
      expect(stdout).not.toContain("not imported");
    }
    expect(await server.stop()).toEqual([0, null]);
  });

  test(
    "ends cleanly when it is stopped during an import, and completes the import after the next start",
    async () => {
      const data = join(folder, "data");
      const dicom = join(folder, "dicom");
      const first = await serve(data, "--throttling", "off");
      await run("mkdir", [dicom]);
      for (const { name, bytes } of createSampleSeries(40)) await writeFile(join(dicom, name), bytes);
      const args = [ENTRY, "import", dicom, "--datastore", "cut", "--endpoint", first.url];
      const importing = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
      for await (const line of createInterface({ input: importing.stderr })) {
        if (line.startsWith("Uploading")) break;
      }
      const jobs = async (url: string): Promise<{ jobId: string; jobStatus: string }[]> => {
        const { datastoreSummaries } = (await (await fetch(`${url}/datastore`)).json()) as {
          datastoreSummaries: { datastoreId: string }[];
        };
        const list = await fetch(
          `${url}/listDICOMImportJobs/datastore/${datastoreSummaries[0]?.datastoreId}`,
        );
        return ((await list.json()) as { jobSummaries: { jobId: string; jobStatus: string }[] }).jobSummaries;
      };
      await expect
        .poll(async () => (await jobs(first.url))[0]?.jobStatus, { interval: 10, timeout: PATIENCE_MS })
        .toBe("IN_PROGRESS");
      importing.kill("SIGKILL");
      expect(await first.stop()).toEqual([0, null]);

      const second = await serve(data, "--throttling", "off");
      await expect
        .poll(async () => (await jobs(second.url))[0]?.jobStatus, { timeout: PATIENCE_MS })
        .toBe("COMPLETED");
      expect(await jobs(second.url)).toHaveLength(1);
      const { datastoreSummaries } = (await (await fetch(`${second.url}/datastore`)).json()) as {
        datastoreSummaries: { datastoreId: string }[];
      };
      const at = `${second.url}/datastore/${datastoreSummaries[0]?.datastoreId}/searchImageSets`;
      const found = (await (await fetch(at, { method: "POST", body: "{}" })).json()) as {
        imageSetsMetadataSummaries: { DICOMTags: { DICOMNumberOfStudyRelatedInstances: number } }[];
      };
      expect(
        found.imageSetsMetadataSummaries.map(({ DICOMTags }) => DICOMTags.DICOMNumberOfStudyRelatedInstances),
      ).toEqual([40]);
      expect(await second.stop()).toEqual([0, null]);
    },
    3 * PATIENCE_MS,
  );
});
