import {
  ConflictException,
  CopyImageSetCommand,
  CreateDatastoreCommand,
  DeleteImageSetCommand,
  ListDatastoresCommand,
  ListDICOMImportJobsCommand,
  ListImageSetVersionsCommand,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { createActiveDatastore, openSandbox, type Sandbox } from "../clients.ts";
import { controlled } from "../elsewhere.ts";
import { importSlices, settle, updateCommand } from "./image-sets/image-sets.ts";

const CALLS = 50;
const ROLE = "arn:aws:iam::123456789012:role/import";

let sandbox: Sandbox;
let datastoreId: string;
let count = 0;
beforeAll(async () => {
  sandbox = await openSandbox({ durations: { jobSubmittedMs: 0 } });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** What came of as many calls at the same time. */
async function race<T>(call: (index: number) => Promise<T>): Promise<{ won: T[]; lost: unknown[] }> {
  const outcomes = await Promise.allSettled(Array.from({ length: CALLS }, (_, index) => call(index)));
  const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const lost = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  return { won, lost };
}

const allConflicts = (lost: readonly unknown[]): void => {
  expect(lost).toHaveLength(CALLS - 1);
  expect(lost.filter((error) => !(error instanceof ConflictException))).toEqual([]);
};

describe("of fifty concurrent calls for one image set one succeeds and the others conflict:", () => {
  let imageSetId: string;
  beforeEach(async () => {
    imageSetId = await importSlices(sandbox, datastoreId, `race-${count++}`, 0, 1);
  });
  const versionsOf = async (): Promise<number> => {
    const listed = await sandbox.medicalImaging.send(
      new ListImageSetVersionsCommand({ datastoreId, imageSetId }),
    );
    return listed.imageSetPropertiesList?.length ?? 0;
  };

  controlled("UpdateImageSetMetadata", async () => {
    const { won, lost } = await race((index) => {
      const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientName: `RACE^${index}` } } };
      return sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, "1", { updatable }));
    });
    expect(won).toMatchObject([{ latestVersionId: "2" }]);
    allConflicts(lost);
    expect(await settle(sandbox, datastoreId, imageSetId)).toMatchObject({ versionId: "2" });
    expect(await versionsOf()).toBe(2);
  });

  controlled("CopyImageSet", async () => {
    // A copy leaves its source at the same version: when it is over, the next one may begin.
    await using slow = await openSandbox({ durations: { jobSubmittedMs: 0, imageSetCopyingMs: 3_600_000 } });
    const { medicalImaging: client } = slow;
    const id = await createActiveDatastore(client);
    const sourceImageSetId = await importSlices(slow, id, "race-copy", 0, 1);
    const copyImageSetInformation = { sourceImageSet: { latestVersionId: "1" } };
    const { won, lost } = await race(() =>
      client.send(new CopyImageSetCommand({ datastoreId: id, sourceImageSetId, copyImageSetInformation })),
    );
    expect(won).toHaveLength(1);
    allConflicts(lost);
  });

  controlled("DeleteImageSet", async () => {
    const command = new DeleteImageSetCommand({ datastoreId, imageSetId });
    const { won, lost } = await race(() => sandbox.medicalImaging.send(command));
    expect(won).toHaveLength(1);
    allConflicts(lost);
  });

  controlled("UpdateImageSetMetadata, CopyImageSet and DeleteImageSet in turn", async () => {
    const { medicalImaging: client } = sandbox;
    const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientName: "RACE^ANY" } } };
    const copy = { sourceImageSet: { latestVersionId: "1" } };
    const commands = [
      () => client.send(updateCommand(datastoreId, imageSetId, "1", { updatable })),
      () =>
        client.send(
          new CopyImageSetCommand({
            datastoreId,
            sourceImageSetId: imageSetId,
            copyImageSetInformation: copy,
          }),
        ),
      () => client.send(new DeleteImageSetCommand({ datastoreId, imageSetId })),
    ];
    const { won, lost } = await race<unknown>(
      (index) => commands[index % 3]?.() ?? Promise.reject(new Error()),
    );
    expect(won).toHaveLength(1);
    allConflicts(lost);
  });
});

describe("fifty concurrent calls with one client token", () => {
  controlled("start one import job", async () => {
    const command = new StartDICOMImportJobCommand({
      datastoreId,
      clientToken: "race",
      dataAccessRoleArn: ROLE,
      inputS3Uri: "s3://no-such-bucket/in/",
      outputS3Uri: "s3://no-such-bucket/out/",
    });
    const before = await sandbox.medicalImaging.send(new ListDICOMImportJobsCommand({ datastoreId }));
    const { won } = await race(() => sandbox.medicalImaging.send(command));
    expect(won).toHaveLength(CALLS);
    expect(new Set(won.map(({ jobId }) => jobId)).size).toBe(1);
    const after = await sandbox.medicalImaging.send(new ListDICOMImportJobsCommand({ datastoreId }));
    expect(after.jobSummaries).toHaveLength((before.jobSummaries?.length ?? 0) + 1);
  });

  controlled("create one data store", async () => {
    const command = new CreateDatastoreCommand({ datastoreName: "race", clientToken: "race" });
    const { won } = await race(() => sandbox.medicalImaging.send(command));
    expect(won).toHaveLength(CALLS);
    expect(new Set(won.map((answer) => answer.datastoreId)).size).toBe(1);
    const { datastoreSummaries = [] } = await sandbox.medicalImaging.send(new ListDatastoresCommand({}));
    expect(datastoreSummaries.filter(({ datastoreName }) => datastoreName === "race")).toHaveLength(1);
  });
});

describe("fifty concurrent calls with a client token each", () => {
  controlled("create as many data stores as the quota leaves room for", async () => {
    await using other = await openSandbox({ quotas: { "Maximum data stores": 10 } });
    const { won, lost } = await race((index) =>
      other.medicalImaging.send(new CreateDatastoreCommand({ clientToken: `token-${index}` })),
    );
    expect(new Set(won.map((answer) => answer.datastoreId)).size).toBe(10);
    expect(new Set(lost.map((error) => (error as Error).name))).toEqual(
      new Set(["ServiceQuotaExceededException"]),
    );
  });
});
