import {
  GetDatastoreCommand,
  ListTagsForResourceCommand,
  paginateListDICOMImportJobs,
  paginateSearchImageSets,
  type GetImageSetCommandOutput,
} from "@aws-sdk/client-medical-imaging";
import {
  arnOf,
  endOfJob,
  framesOf,
  ORIGINAL_DESCRIPTION,
  readFrame,
  readSummary,
  readVersion,
  settled,
  type Clients,
} from "./client.ts";
import type { Expectations, KnownImageSet } from "./expectations.ts";

const FILES_OF_A_JOB = 2;

/** Says of a restarted server what is not as it was acknowledged, or what is half there. */
export async function check(clients: Clients, known: Expectations): Promise<string[]> {
  const wrong: string[] = [];
  const ofJobs = await checkJobs(clients, known, wrong);
  await checkDatastores(clients, known, wrong);
  await checkStrangers(clients, known, ofJobs, wrong);
  for (const imageSet of known.imageSets.values()) await checkImageSet(clients, known, imageSet, wrong);
  return wrong;
}

/** Every job ends, and what its report names are all the image sets of it. */
async function checkJobs(clients: Clients, known: Expectations, wrong: string[]): Promise<Set<string>> {
  const { medicalImaging: client, datastoreId } = clients;
  const pages = await Array.fromAsync(paginateListDICOMImportJobs({ client }, { datastoreId }));
  const found = new Set(
    pages.flatMap(({ jobSummaries = [] }) => jobSummaries.map(({ jobId = "" }) => jobId)),
  );
  for (const jobId of known.jobs) if (!found.has(jobId)) wrong.push(`job ${jobId} is gone`);
  const imageSets = new Set<string>();
  for (const jobId of found) {
    known.jobs.add(jobId);
    const status = await endOfJob(clients, jobId);
    if (status !== "COMPLETED") wrong.push(`job ${jobId} is ${status}`);
    const { numberOfImportedFiles, imageSetsSummary } = await readSummary(clients, jobId);
    if (numberOfImportedFiles !== FILES_OF_A_JOB)
      wrong.push(`job ${jobId} imported ${numberOfImportedFiles} files`);
    for (const { imageSetId } of imageSetsSummary) imageSets.add(imageSetId);
  }
  return imageSets;
}

async function checkDatastores(clients: Clients, known: Expectations, wrong: string[]): Promise<void> {
  for (const { datastoreId, name, tags } of known.datastores.values()) {
    const { datastoreProperties } = await clients.medicalImaging.send(
      new GetDatastoreCommand({ datastoreId }),
    );
    if (datastoreProperties?.datastoreName !== name) wrong.push(`data store ${datastoreId} is another`);
    if (!tags.settle(await readTags(clients, arnOf(datastoreId))))
      wrong.push(`tags of data store ${datastoreId} are others`);
  }
}

async function readTags({ medicalImaging }: Clients, resourceArn: string): Promise<string> {
  const { tags = {} } = await medicalImaging.send(new ListTagsForResourceCommand({ resourceArn }));
  return JSON.stringify(tags);
}

/** Image sets that no caller was told of: those of jobs, and of copies. */
async function checkStrangers(
  { medicalImaging: client, datastoreId }: Clients,
  known: Expectations,
  ofJobs: ReadonlySet<string>,
  wrong: string[],
): Promise<void> {
  const pages = await Array.fromAsync(paginateSearchImageSets({ client }, { datastoreId }));
  const listed = pages.flatMap(({ imageSetsMetadataSummaries = [] }) =>
    imageSetsMetadataSummaries.map(({ imageSetId = "" }) => imageSetId),
  );
  for (const imageSetId of ofJobs)
    if (!known.imageSets.has(imageSetId)) known.addImageSet(imageSetId, ORIGINAL_DESCRIPTION);
  for (const imageSetId of new Set(listed)) {
    if (known.imageSets.has(imageSetId)) continue;
    known.pendingCopies -= 1;
    known.addImageSet(imageSetId, UNKNOWN);
  }
  if (known.pendingCopies < 0) wrong.push(`there are ${-known.pendingCopies} image sets too many`);
  if (listed.length !== new Set(listed).size) wrong.push("an image set is listed twice");
  known.pendingCopies = 0;
}

/** Of a copy that was never answered: that of its source, whichever it is. */
const UNKNOWN = "?";

async function checkImageSet(
  clients: Clients,
  known: Expectations,
  imageSet: KnownImageSet,
  wrong: string[],
): Promise<void> {
  const { imageSetId, isDeleted, tags } = imageSet;
  const found = await settled(clients, imageSetId).catch((error: Error) => error);
  if (found instanceof Error) return void wrong.push(`image set ${imageSetId}: ${found.message}`);
  if (!isDeleted.settle(found.imageSetState === "DELETED"))
    wrong.push(`image set ${imageSetId} is ${found.imageSetState}`);
  if (isDeleted.acknowledged) return;
  if (found.imageSetWorkflowStatus?.endsWith("FAILED") === true && found.message === undefined)
    wrong.push(`image set ${imageSetId} is ${found.imageSetWorkflowStatus} and does not say why`);
  if (!tags.settle(await readTags(clients, arnOf(clients.datastoreId, imageSetId))))
    wrong.push(`tags of image set ${imageSetId} are others`);
  await checkVersions(clients, known, imageSet, found, wrong);
}

async function checkVersions(
  clients: Clients,
  known: Expectations,
  imageSet: KnownImageSet,
  { versionId = "" }: GetImageSetCommandOutput,
  wrong: string[],
): Promise<void> {
  const { imageSetId, versions, description, latestVersion } = imageSet;
  if (Number(versionId) < latestVersion) wrong.push(`image set ${imageSetId} lost a version`);
  imageSet.latestVersion = Number(versionId);
  versions.set(versionId, versions.get(versionId) ?? "");
  for (const [version, before] of versions) {
    const { sha256, document } = await readVersion(clients, imageSetId, version);
    if (before !== "" && before !== sha256) wrong.push(`version ${version} of ${imageSetId} is another`);
    versions.set(version, sha256);
    if (version !== versionId) continue;
    const text = JSON.stringify(document.Study.DICOM["StudyDescription"]);
    if (description.acknowledged === UNKNOWN) description.acknowledge(text);
    else if (!description.settle(text)) wrong.push(`image set ${imageSetId} is described as ${text}`);
    await checkFrames(clients, known, imageSetId, framesOf(document), wrong);
  }
}

async function checkFrames(
  clients: Clients,
  known: Expectations,
  imageSetId: string,
  frames: readonly string[],
  wrong: string[],
): Promise<void> {
  if (frames.length !== FILES_OF_A_JOB) wrong.push(`image set ${imageSetId} has ${frames.length} frames`);
  for (const id of frames) {
    const sha256 = await readFrame(clients, imageSetId, id);
    if ((known.frames.get(id) ?? sha256) !== sha256) wrong.push(`frame ${id} is another`);
    known.frames.set(id, sha256);
  }
}
