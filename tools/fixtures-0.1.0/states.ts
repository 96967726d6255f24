import { writeFile } from "node:fs/promises";
import {
  CopyImageSetCommand,
  CreateDatastoreCommand,
  DeleteDatastoreCommand,
  DeleteImageSetCommand,
  TagResourceCommand,
} from "@aws-sdk/client-medical-imaging";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { Emulator } from "../../src/index.ts";
import { lookAtAccount, lookAtBuckets } from "../../test/storage/seen.ts";
import { clientsOf, createActive, importSlices, updateOf, type Clients, type Task } from "./program.ts";
import { createSmallSeries } from "./small-series.ts";

const OTHER_ACCOUNT = "111122223333";
const SERIES = createSmallSeries(5);

/** Everything that comes to rest: every state of data stores, versions, copies, tags, jobs, buckets, snapshots. */
export async function writeStates({ program, data, exportTo }: Task) {
  await using emulator = await program.createEmulator({ data });
  const clients = clientsOf(emulator);
  const other = clientsOf(emulator, OTHER_ACCOUNT);
  const { control } = emulator;
  const datastoreId = await createActive(emulator, clients, "full");
  const deleted = await fillDatastore(emulator, clients, datastoreId);
  await leaveOtherStates(emulator, clients);
  const others = await createActive(emulator, other, "of-another-account");
  await importSlices(emulator, other, others, "of-others", SERIES.slice(0, 1));
  await clients.s3.send(new PutObjectCommand({ Bucket: "first", Key: "a/marker/", Body: "" }));
  await control.snapshots.save("plain");
  await writeFile(exportTo("plain.snapshot.tar.gz"), await control.snapshots.export("plain"));
  await control.snapshots.save("with-buckets", { buckets: true });
  await writeFile(exportTo("with-buckets.snapshot.tar.gz"), await control.snapshots.export("with-buckets"));
  const gone = { [datastoreId]: deleted };
  return {
    now: new Date().toISOString(),
    deleted: gone,
    accounts: {
      "000000000000": await lookAtAccount(clients.medicalImaging, gone),
      [OTHER_ACCOUNT]: await lookAtAccount(other.medicalImaging),
    },
    buckets: await lookAtBuckets(clients.s3),
    snapshots: await control.snapshots.list(),
  };
}

/** @returns its image sets that are deleted */
async function fillDatastore(emulator: Emulator, clients: Clients, datastoreId: string): Promise<string[]> {
  const { control } = emulator;
  const { medicalImaging } = clients;
  const slices = [...SERIES.slice(0, 2), { name: "notes.txt", bytes: "This is not a DICOM file.\n" }];
  const [first = ""] = await importSlices(emulator, clients, datastoreId, "first", slices);
  const [second = ""] = await importSlices(emulator, clients, datastoreId, "second", SERIES.slice(2, 3));
  const [third = ""] = await importSlices(emulator, clients, datastoreId, "third", SERIES.slice(3, 4));
  await importSlices(emulator, clients, datastoreId, "nothing-in-it", []);
  const named = { Patient: { DICOM: { PatientName: "Doe^Second" } } };
  await medicalImaging.send(updateOf(datastoreId, first, "1", "updatableAttributes", named));
  await control.wait(`imageSet/${first}`, { status: "UPDATED" });
  const absent = { Patient: { DICOM: { PatientName: "Nobody" } } };
  await medicalImaging.send(updateOf(datastoreId, first, "2", "removableAttributes", absent));
  await control.wait(`imageSet/${first}`, { status: "UPDATE_FAILED" });
  await copy(emulator, clients, datastoreId, second);
  await copy(emulator, clients, datastoreId, third, second);
  await medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: third }));
  await control.wait(`imageSet/${third}`, { status: "DELETED" });
  const arn = `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${datastoreId}`;
  const onFirst = `${arn}/imageset/${first}`;
  await medicalImaging.send(new TagResourceCommand({ resourceArn: arn, tags: { of: "the data store" } }));
  await medicalImaging.send(new TagResourceCommand({ resourceArn: onFirst, tags: { of: "an image set" } }));
  return [third];
}

async function copy(
  { control }: Emulator,
  { medicalImaging }: Clients,
  datastoreId: string,
  sourceImageSetId: string,
  imageSetId?: string,
): Promise<void> {
  const destinationImageSet = imageSetId === undefined ? undefined : { imageSetId, latestVersionId: "1" };
  await medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" }, destinationImageSet },
    }),
  );
  await control.wait(`imageSet/${sourceImageSetId}`, { status: "COPIED" });
}

async function leaveOtherStates(emulator: Emulator, clients: Clients): Promise<void> {
  const { control } = emulator;
  const { medicalImaging } = clients;
  const deleted = await createActive(emulator, clients, "deleted");
  await medicalImaging.send(new DeleteDatastoreCommand({ datastoreId: deleted }));
  await control.wait(`datastore/${deleted}`, { status: "DELETED" });
  const { datastoreId: failed = "" } = await medicalImaging.send(
    new CreateDatastoreCommand({ datastoreName: "failed" }),
  );
  await control.resources.push(`datastore/${failed}`, "CREATE_FAILED", { force: true });
}

/** After two resets: `epoch-2`, and nothing of the first two generations. */
export async function writeResets({ program, data }: Task) {
  await using emulator = await program.createEmulator({ data });
  const clients = clientsOf(emulator);
  for (const name of ["before", "between", "after"]) {
    const datastoreId = await createActive(emulator, clients, name);
    await importSlices(emulator, clients, datastoreId, name, SERIES.slice(0, 2));
    if (name !== "after") await emulator.reset();
  }
  return {
    now: new Date().toISOString(),
    accounts: { "000000000000": await lookAtAccount(clients.medicalImaging) },
    buckets: await lookAtBuckets(clients.s3),
  };
}
