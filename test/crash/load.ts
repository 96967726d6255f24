import {
  CopyImageSetCommand,
  CreateDatastoreCommand,
  DeleteImageSetCommand,
  StartDICOMImportJobCommand,
  TagResourceCommand,
} from "@aws-sdk/client-medical-imaging";
import {
  arnOf,
  BUCKET,
  describeCommand,
  endOfJob,
  ORIGINAL_DESCRIPTION,
  readSummary,
  settled,
  type Clients,
} from "./client.ts";
import type { Expectations, KnownDatastore, KnownImageSet } from "./expectations.ts";
import type { Random } from "./random.ts";

const LANES = 4;

interface Work {
  readonly clients: Clients;
  readonly known: Expectations;
  readonly random: Random;
  /** Image sets that another lane is at work on. */
  readonly busy: Set<string>;
  readonly isOver: () => boolean;
}

/** Calls of all kinds, some at a time, until the server is gone; answers how many were acknowledged. */
export async function load(
  clients: Clients,
  known: Expectations,
  random: Random,
  isOver: () => boolean,
): Promise<number> {
  const work: Work = { clients, known, random, busy: new Set(), isOver };
  const counts = await Promise.all(Array.from({ length: LANES }, () => lane(work)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function lane(work: Work): Promise<number> {
  let acknowledged = 0;
  while (!work.isOver()) {
    try {
      await call(work);
      acknowledged += 1;
    } catch (error) {
      // Before its end the server has no reason to fail.
      if (!work.isOver()) throw error;
    }
  }
  return acknowledged;
}

function call(work: Work): Promise<void> {
  const kind = work.random.below(100);
  if (kind < 25) return importFolder(work);
  if (kind < 30) return createDatastore(work);
  if (kind < 60) return onImageSet(work, update);
  if (kind < 72) return onImageSet(work, copy);
  if (kind < 80) return onImageSet(work, remove);
  if (kind < 92) return onImageSet(work, tagImageSet);
  return tagDatastore(work);
}

async function importFolder({ clients, known, random }: Work): Promise<void> {
  const { medicalImaging, datastoreId } = clients;
  const { jobId = "" } = await medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      inputS3Uri: `s3://${BUCKET}/in`,
      outputS3Uri: `s3://${BUCKET}/out`,
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      clientToken: random.text(),
    }),
  );
  known.jobs.add(jobId);
  if ((await endOfJob(clients, jobId)) !== "COMPLETED") return;
  const { imageSetsSummary } = await readSummary(clients, jobId);
  for (const { imageSetId } of imageSetsSummary) known.addImageSet(imageSetId, ORIGINAL_DESCRIPTION);
}

async function createDatastore({ clients, known, random }: Work): Promise<void> {
  const name = random.text();
  const { datastoreId = "" } = await clients.medicalImaging.send(
    new CreateDatastoreCommand({ datastoreName: name, clientToken: random.text() }),
  );
  known.addDatastore(datastoreId, name);
}

/** One lane at a time changes an image set, so what is acknowledged has an order. */
async function onImageSet(
  work: Work,
  change: (work: Work, imageSet: KnownImageSet) => Promise<void>,
): Promise<void> {
  const { known, busy, random } = work;
  const free = [...known.imageSets.values()].filter(
    ({ imageSetId, isDeleted }) => !busy.has(imageSetId) && !isDeleted.acknowledged,
  );
  const imageSet = free[random.below(Math.max(1, free.length))];
  if (imageSet === undefined) return importFolder(work);
  busy.add(imageSet.imageSetId);
  try {
    await change(work, imageSet);
  } finally {
    busy.delete(imageSet.imageSetId);
  }
}

async function update({ clients, random }: Work, imageSet: KnownImageSet): Promise<void> {
  const text = random.text();
  imageSet.description.ask(JSON.stringify(text));
  const { imageSetId, latestVersion } = imageSet;
  await clients.medicalImaging.send(describeCommand(clients, imageSetId, String(latestVersion), text));
  imageSet.description.acknowledge(JSON.stringify(text));
  imageSet.latestVersion = Number((await settled(clients, imageSetId)).versionId);
}

async function copy({ clients, known, busy }: Work, imageSet: KnownImageSet): Promise<void> {
  const { imageSetId: sourceImageSetId, latestVersion } = imageSet;
  known.pendingCopies += 1;
  const { destinationImageSetProperties } = await clients.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId: clients.datastoreId,
      sourceImageSetId,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: String(latestVersion) } },
    }),
  );
  const imageSetId = destinationImageSetProperties?.imageSetId ?? "";
  known.pendingCopies -= 1;
  known.copies.add(imageSetId);
  busy.add(imageSetId);
  const copied = known.addImageSet(imageSetId, imageSet.description.acknowledged);
  imageSet.latestVersion = Number((await settled(clients, sourceImageSetId)).versionId);
  copied.latestVersion = Number((await settled(clients, imageSetId)).versionId);
  busy.delete(imageSetId);
}

async function remove({ clients }: Work, { imageSetId, isDeleted }: KnownImageSet): Promise<void> {
  isDeleted.ask(true);
  const { datastoreId } = clients;
  await clients.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
  isDeleted.acknowledge(true);
}

async function tagImageSet({ clients, random }: Work, imageSet: KnownImageSet): Promise<void> {
  await tag(clients, arnOf(clients.datastoreId, imageSet.imageSetId), imageSet, random);
}

async function tagDatastore({ clients, known, random, busy }: Work): Promise<void> {
  const datastores = [...known.datastores.values()].filter(({ datastoreId }) => !busy.has(datastoreId));
  const datastore = datastores[random.below(Math.max(1, datastores.length))];
  if (datastore === undefined) return;
  busy.add(datastore.datastoreId);
  try {
    await tag(clients, arnOf(datastore.datastoreId), datastore, random);
  } finally {
    busy.delete(datastore.datastoreId);
  }
}

async function tag(
  { medicalImaging }: Clients,
  resourceArn: string,
  { tags: expected }: Pick<KnownDatastore, "tags">,
  random: Random,
): Promise<void> {
  const tags = { state: random.text() };
  expected.ask(JSON.stringify(tags));
  await medicalImaging.send(new TagResourceCommand({ resourceArn, tags }));
  expected.acknowledge(JSON.stringify(tags));
}
