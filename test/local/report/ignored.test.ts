import {
  CopyImageSetCommand,
  CreateDatastoreCommand,
  GetDICOMImportJobCommand,
  ListDICOMImportJobsCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readRequest } from "../../../src/app/cli/control-command.ts";
import { ControlCalls } from "../../../src/local/sdk/control-calls.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import type { Log } from "../../../src/domain/log.ts";
import { createActiveDatastore, importFiles, openServer, runJob, type ServerSandbox } from "../../clients.ts";
import { findImageSets } from "../../contract/image-sets/image-sets.ts";

let sandbox: ServerSandbox;
let datastoreId: string;
let warnings: string[];

beforeEach(async () => {
  warnings = [];
  const log: Log = { info: () => {}, warn: (message) => warnings.push(message), error: () => {} };
  sandbox = await openServer({ log });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
});
afterEach(() => sandbox[Symbol.asyncDispose]());

/** `healthimaging-local report --fail-on ignored` */
const failOnIgnored = async ({ emulator } = sandbox) => {
  const { ask } = await readRequest(["report", "--fail-on", "ignored"], "/");
  return ask(new ControlCalls(emulator.url));
};
const filesOf = (from: number, to: number) =>
  Object.fromEntries(
    createSampleSeries(4)
      .slice(from, to)
      .map(({ name, bytes }) => [name, bytes]),
  );
const MERGES =
  "StartDICOMImportJob: instances that existed already, or that a job had twice: today's service merges them";

describe("report --fail-on ignored", () => {
  test("catches a CopyImageSet with DICOMCopies, which copies the whole image set", async () => {
    await importFiles(sandbox, datastoreId, "ignored-copy", filesOf(0, 1));
    const [sourceImageSetId = ""] = await findImageSets(sandbox, datastoreId);
    expect(await failOnIgnored()).toMatchObject({ exitCode: 0 });
    const DICOMCopies = { copiableAttributes: '{"SchemaVersion":"1.1","Study":{"Series":{}}}' };
    const sourceImageSet = { latestVersionId: "1", DICOMCopies };
    await sandbox.medicalImaging.send(
      new CopyImageSetCommand({
        datastoreId,
        sourceImageSetId,
        promoteToPrimary: true,
        copyImageSetInformation: { sourceImageSet },
      }),
    );
    const { exitCode, json, text } = await failOnIgnored();
    expect(exitCode).toBe(1);
    expect(json).toMatchObject({
      accounts: [
        {
          ignored: {
            "CopyImageSet: promoteToPrimary": 1,
            "CopyImageSet: copyImageSetInformation.sourceImageSet.DICOMCopies": 1,
          },
        },
      ],
    });
    expect(text).toContain(
      "  IGNORED as newer, CopyImageSet: copyImageSetInformation.sourceImageSet.DICOMCopies: 1",
    );
  });

  test("says of release 2026-06 that the emulator lacks what it ignored", async () => {
    await using newer = await openServer({ serviceRelease: "2026-06" });
    const command = new CreateDatastoreCommand({ datastoreName: "x", losslessStorageFormat: "HTJ2K" });
    await newer.medicalImaging.send(command);
    const { exitCode, text } = await failOnIgnored(newer);
    expect([exitCode, text]).toEqual([
      1,
      expect.stringContaining("  IGNORED as not emulated yet, CreateDatastore: losslessStorageFormat: 1\n"),
    ]);
  });

  test("catches a second import of an existing instance, which today's service merges", async () => {
    await importFiles(sandbox, datastoreId, "ignored-a", filesOf(0, 3));
    await importFiles(sandbox, datastoreId, "ignored-b", filesOf(3, 4));
    expect(await failOnIgnored()).toMatchObject({ exitCode: 0 });
    expect(warnings).toEqual([]);
    const { job } = await runJob(
      sandbox.medicalImaging,
      datastoreId,
      "s3://ignored-a/input",
      "s3://ignored-a/output",
    );
    const { exitCode, json } = await failOnIgnored();
    expect([exitCode, json]).toMatchObject([1, { accounts: [{ ignored: { [MERGES]: 1 } }] }]);
    expect(warnings).toEqual([
      `import job ${job.jobId}: 3 of the imported instances were imported before, or twice in the job: today's service merges them, the service of 2024-05 stores them again`,
    ]);
    expect(await findImageSets(sandbox, datastoreId)).toHaveLength(3);
  });

  test("catches an instance that one job imports twice", async () => {
    const [bytes = ""] = Object.values(filesOf(0, 1));
    await importFiles(sandbox, datastoreId, "ignored-twice", { "one.dcm": bytes, "again.dcm": bytes });
    expect(await failOnIgnored()).toMatchObject({ exitCode: 1 });
  });

  test.each([
    ["GetDICOMImportJob", (jobId: string) => new GetDICOMImportJobCommand({ datastoreId, jobId })],
    ["ListDICOMImportJobs", () => new ListDICOMImportJobsCommand({ datastoreId })],
  ])("counts the instances that were imported before in the x-local-hint of %s", async (_name, commandOf) => {
    await importFiles(sandbox, datastoreId, "ignored-hint", filesOf(0, 1));
    const input = ["s3://ignored-hint/input", "s3://ignored-hint/output"] as const;
    const { job } = await runJob(sandbox.medicalImaging, datastoreId, ...input);
    const hints: (string | undefined)[] = [];
    sandbox.medicalImaging.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        hints.push((result.response as { headers: Record<string, string> }).headers["x-local-hint"]);
        return result;
      },
      { step: "deserialize" },
    );
    await sandbox.medicalImaging.send(commandOf(job.jobId ?? "") as GetDICOMImportJobCommand);
    expect(hints).toEqual([expect.stringContaining("1 of the imported instances was imported before")]);
  });
});
