import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MedicalImagingClient, SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { ControlClient } from "../../src/index.ts";
import { createActiveDatastore, readText, runJob } from "../clients.ts";
import { lookAtAll } from "../local/control/look.ts";
import { scaled } from "../setup/timeouts.ts";
import { startServer } from "./server.ts";

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-crash-"));
});
afterAll(() => rm(data, { recursive: true }));

function clientsOf(endpoint: string) {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const common = { endpoint, region: "us-east-1", credentials };
  const medicalImaging = new MedicalImagingClient({ ...common, disableHostPrefix: true });
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  return { medicalImaging, s3, control: new ControlClient(endpoint) };
}
type Clients = ReturnType<typeof clientsOf>;

/** The state and the buckets: they belong together. */
const look = async ({ medicalImaging, s3 }: Clients): Promise<unknown> => {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const names = Buckets.map(({ Name }) => Name);
  return [await lookAtAll(medicalImaging), names, await readText(s3, "s3://dicom/which")];
};

async function fill({ medicalImaging, s3, control }: Clients): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: "dicom" }));
  const datastoreId = await createActiveDatastore(medicalImaging, "saved");
  for (const { name, bytes } of createSampleSeries(6))
    await s3.send(new PutObjectCommand({ Bucket: "dicom", Key: `input/${name}`, Body: bytes }));
  await runJob(medicalImaging, datastoreId, "s3://dicom/input", "s3://dicom/output");
  await s3.send(new PutObjectCommand({ Bucket: "dicom", Key: "which", Body: Buffer.from("saved") }));
  const { imageSetsMetadataSummaries } = await medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  expect(imageSetsMetadataSummaries).toHaveLength(1);
  await control.snapshots.save("saved", { buckets: true });
}

async function change({ medicalImaging, s3, control }: Clients): Promise<void> {
  await control.reset({ buckets: true });
  await s3.send(new CreateBucketCommand({ Bucket: "dicom" }));
  await s3.send(new CreateBucketCommand({ Bucket: "another" }));
  await s3.send(new PutObjectCommand({ Bucket: "dicom", Key: "which", Body: Buffer.from("changed") }));
  await createActiveDatastore(medicalImaging, "changed");
}

/** Resolves once this number of files of the restored state are on the disk, or the restore is over. */
async function reached(files: number, over: () => boolean): Promise<void> {
  const count = async (): Promise<number> =>
    (await readdir(join(data, ".spool"), { recursive: true }).catch(() => [])).length;
  while (!over() && (await count()) < files);
}

const TIMEOUT_MS = scaled(300_000);

test("a kill in the middle of a restore leaves all of it or nothing", { timeout: TIMEOUT_MS }, async () => {
  const first = await startServer(data);
  await fill(clientsOf(first.url));
  const saved = await look(clientsOf(first.url));
  await first.stop();
  const outcomes = new Set<string>();
  for (const files of [1, 4, 9, 14, 18, 22, 25, Infinity]) {
    const server = await startServer(data);
    const clients = clientsOf(server.url);
    await change(clients);
    const changed = await look(clients);
    let answered = "open";
    const restoring = clients.control.snapshots.restore("saved").then(
      () => (answered = "yes"),
      () => (answered = "no"),
    );
    await reached(files, () => answered !== "open");
    await server.kill();
    await restoring;
    const next = await startServer(data);
    const found = await look(clientsOf(next.url));
    const isSaved = JSON.stringify(found) === JSON.stringify(saved);
    outcomes.add(isSaved ? "saved" : "changed");
    expect(found).toEqual(isSaved || answered === "yes" ? saved : changed);
    expect(await clientsOf(next.url).control.snapshots.list()).toMatchObject([{ name: "saved" }]);
    expect((await readdir(data)).filter((name) => name.startsWith("s3-") && name !== "s3-metadata")).toEqual(
      [],
    );
    await next.stop();
  }
  expect([...outcomes].toSorted()).toEqual(["changed", "saved"]);
});
