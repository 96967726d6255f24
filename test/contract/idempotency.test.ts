import {
  ConflictException,
  CreateDatastoreCommand,
  ListDICOMImportJobsCommand,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { describe, expect } from "vitest";
import { createActiveDatastore, openSandbox, waitForDatastore } from "../clients.ts";
import { controlled } from "../elsewhere.ts";
import { ManualClock } from "../manual-clock.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const START = {
  clientToken: "job-1",
  dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
  inputS3Uri: "s3://no-such-bucket/in/",
  outputS3Uri: "s3://no-such-bucket/out/",
};

describe("a client token", () => {
  controlled("starts one import job only, also when that job has failed", async () => {
    await using sandbox = await openSandbox();
    const { medicalImaging: client } = sandbox;
    const datastoreId = await createActiveDatastore(client);
    const start = (changes: { jobName?: string; datastoreId?: string } = {}) =>
      client.send(new StartDICOMImportJobCommand({ ...START, datastoreId, ...changes }));
    const [first, retried] = await Promise.all([start(), start()]);
    const list = async () =>
      (await client.send(new ListDICOMImportJobsCommand({ datastoreId }))).jobSummaries ?? [];
    await expect.poll(async () => (await list())[0]?.jobStatus).toBe("FAILED");
    const again = await start();
    for (const answer of [retried, again]) {
      expect({ ...answer, $metadata: 0 }).toEqual({ ...first, $metadata: 0 });
    }
    expect(await list()).toHaveLength(1);
    await expect(start({ jobName: "other" })).rejects.toThrow(ConflictException);
    const other = await createActiveDatastore(client);
    await expect(start({ datastoreId: other })).rejects.toThrow(ConflictException);
  });

  controlled("is remembered for 24 hours of the emulator's clock", async () => {
    const clock = new ManualClock();
    await using sandbox = await openSandbox({ clock });
    const { medicalImaging: client } = sandbox;
    const create = async () =>
      (await client.send(new CreateDatastoreCommand({ datastoreName: "a", clientToken: "a" }))).datastoreId;
    const datastoreId = await create();
    clock.advance(DAY_MS - 1);
    await waitForDatastore(client, datastoreId ?? "", "ACTIVE");
    expect(await create()).toBe(datastoreId);
    clock.advance(1);
    expect(await create()).not.toBe(datastoreId);
  });
});
