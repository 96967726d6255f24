import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateDatastoreCommand,
  GetDICOMImportJobCommand,
  ListDatastoresCommand,
  MedicalImagingClient,
  SearchImageSetsCommand,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { startEmulator, type EmulatorServer } from "../../../src/index.ts";
import { createActiveDatastore, runJob } from "../../clients.ts";
import { fillBucket, useErrorLog, useTemporaryFolders } from "./set-up.ts";

const temporary = useTemporaryFolders();
const { log } = useErrorLog();

const accountOf = (index: number): string => String(index).repeat(12).slice(0, 12);

/** Both clients of a user whose access key is an account. */
function clientsOf(emulator: EmulatorServer, account: string) {
  const common = {
    endpoint: emulator.url,
    region: "us-east-1",
    credentials: { accessKeyId: account, secretAccessKey: "test" },
  };
  return {
    medicalImaging: new MedicalImagingClient({ ...common, disableHostPrefix: true }),
    s3: new S3Client({ ...common, forcePathStyle: true }),
  };
}

const namesOf = async (client: MedicalImagingClient) =>
  ((await client.send(new ListDatastoresCommand({}))).datastoreSummaries ?? []).map(
    ({ datastoreName }) => datastoreName,
  );

describe("a reset of one account", () => {
  test("removes the holds on its resources, not those on others' resources or on all of a kind", async () => {
    await using emulator = await startEmulator({ log });
    const { resources } = emulator.control;
    const [mine, theirs] = [1, 2].map((index) => clientsOf(emulator, accountOf(index)).medicalImaging);
    for (const client of [mine, theirs]) {
      const { datastoreId } = (await client?.send(new CreateDatastoreCommand({}))) ?? {};
      await resources.hold(`datastore/${datastoreId}`, "CREATING");
    }
    await resources.hold("importJob/*");
    const [, ...others] = (await resources.holds()).holds;
    await emulator.reset({ account: accountOf(1) });
    expect((await resources.holds()).holds).toEqual(others);
  });

  test("that runs beside other accounts' tests does not disturb them", async () => {
    await using emulator = await startEmulator({ log });
    const life = async (index: number): Promise<void> => {
      const account = accountOf(index);
      const { medicalImaging, s3 } = clientsOf(emulator, account);
      const bucket = `dicom-${account}`;
      await fillBucket(s3, bucket, 2);
      for (let round = 0; round < 2; round++) {
        const name = `${account}-${round}`;
        const datastoreId = await createActiveDatastore(medicalImaging, name);
        const output = `s3://${bucket}/output-${round}`;
        const { job } = await runJob(medicalImaging, datastoreId, `s3://${bucket}/input`, output);
        expect(job.jobStatus).toBe("COMPLETED");
        const { imageSetsMetadataSummaries } = await medicalImaging.send(
          new SearchImageSetsCommand({ datastoreId }),
        );
        expect([imageSetsMetadataSummaries?.length, await namesOf(medicalImaging)]).toEqual([1, [name]]);
        // In flight when the reset arrives.
        const inputs = { inputS3Uri: `s3://${bucket}/input`, outputS3Uri: `s3://${bucket}/never` };
        const { jobId } = await medicalImaging.send(
          new StartDICOMImportJobCommand({
            datastoreId,
            ...inputs,
            clientToken: crypto.randomUUID(),
            dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
          }),
        );
        const report = { epoch: 0, account, datastores: 1 };
        expect(await emulator.reset({ account })).toMatchObject(report);
        expect(await namesOf(medicalImaging)).toEqual([]);
        await expect(
          medicalImaging.send(new GetDICOMImportJobCommand({ datastoreId, jobId })),
        ).rejects.toThrow("does not exist");
      }
    };
    await Promise.all([1, 2, 3, 4].map(life));
  });

  test("cancels its jobs, not those of others", async () => {
    await using emulator = await startEmulator({ log, durations: { jobSubmittedMs: 3_600_000 } });
    const start = async (account: string) => {
      const { medicalImaging } = clientsOf(emulator, account);
      const datastoreId = await createActiveDatastore(medicalImaging);
      const job = {
        datastoreId,
        clientToken: "t",
        dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
        inputS3Uri: "s3://dicom/input",
        outputS3Uri: "s3://dicom/output",
      };
      const { jobId } = await medicalImaging.send(new StartDICOMImportJobCommand(job));
      return { medicalImaging, get: new GetDICOMImportJobCommand({ datastoreId, jobId }) };
    };
    const [, theirs] = [await start(accountOf(1)), await start(accountOf(2))];
    expect(await emulator.reset({ account: accountOf(1) })).toMatchObject({ cancelledJobs: 1 });
    const { jobProperties } = await theirs.medicalImaging.send(theirs.get);
    expect(jobProperties?.jobStatus).toBe("SUBMITTED");
  });

  test("removes its data stores in every region, its client tokens and its throttling, and nothing of other accounts", async () => {
    await using emulator = await startEmulator({ log, throttling: "aws" });
    const [mine, theirs] = [clientsOf(emulator, accountOf(1)), clientsOf(emulator, accountOf(2))];
    const west = new MedicalImagingClient({
      endpoint: emulator.url,
      region: "us-west-2",
      credentials: { accessKeyId: accountOf(1), secretAccessKey: "test" },
      disableHostPrefix: true,
      maxAttempts: 1,
    });
    const create = new CreateDatastoreCommand({ clientToken: "t" });
    await west.send(create);
    await mine.medicalImaging.send(create);
    const kept = await theirs.medicalImaging.send(create);
    await emulator.reset({ account: accountOf(1) });
    expect([await namesOf(west), await namesOf(mine.medicalImaging)]).toEqual([[], []]);
    await west.send(create);
    const { datastoreSummaries = [] } = await theirs.medicalImaging.send(new ListDatastoresCommand({}));
    expect(datastoreSummaries.map(({ datastoreId }) => datastoreId)).toEqual([kept.datastoreId]);
    expect(await emulator.reset({ account: accountOf(9) })).toMatchObject({
      datastores: 0,
      cancelledJobs: 0,
    });
  });

  test("still holds after a restart, and its files are deleted", async () => {
    const data = await temporary();
    const first = await startEmulator({ data, log });
    const [mine, theirs] = [clientsOf(first, accountOf(1)), clientsOf(first, accountOf(2))];
    const gone = await createActiveDatastore(mine.medicalImaging, "mine");
    const kept = await createActiveDatastore(theirs.medicalImaging, "theirs");
    await fillBucket(mine.s3, "dicom", 2);
    await runJob(mine.medicalImaging, gone, "s3://dicom/input", "s3://dicom/output");
    await first.reset({ account: accountOf(1) });
    const datastores = async () =>
      (await readdir(join(data, "datastores"))).filter((name) => name !== ".commits");
    await expect.poll(datastores).toEqual([kept]);
    await first.close();
    await using second = await startEmulator({ data, log });
    expect(await namesOf(clientsOf(second, accountOf(1)).medicalImaging)).toEqual([]);
    expect(await namesOf(clientsOf(second, accountOf(2)).medicalImaging)).toEqual(["theirs"]);
  });
});
