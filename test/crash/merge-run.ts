import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  paginateListDICOMImportJobs,
  paginateListImageSetVersions,
  SearchImageSetsCommand,
  StartDICOMImportJobCommand,
  type ImageSetProperties,
} from "@aws-sdk/client-medical-imaging";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { addMappings } from "../contract/releases/json-metadata/import-configuration.ts";
import type { CrashRun } from "./crash-run.ts";
import {
  BUCKET,
  createActive,
  endOfJob,
  framesOf,
  openClients,
  readFrame,
  readSummary,
  readVersion,
  settled,
  type Clients,
} from "./client.ts";
import { Random } from "./random.ts";
import { startServer, type Server } from "./server.ts";

/** The longest that a server lives under load, in milliseconds: a job takes about half of it. */
const MAX_LIFE_MS = 1_500;
const LIVES_OF_A_DATASTORE = 5;
const LANES = 3;

/** Parts of one series, by their folder. Some are in several. */
const FOLDERS: Readonly<Record<string, readonly number[]>> = {
  first: [0, 1],
  second: [2, 3],
  middle: [1, 2],
  last: [3],
};

const METADATA = "metadata.json";
/** Of the sample series. */
const STUDY = "2.25.291834617234511289.1";

/** What is known of one data store, whose jobs all write to one series. */
interface Known {
  readonly clients: Clients;
  /** By version: the SHA-256 of its metadata. */
  readonly versions: Map<string, string>;
  /** The folders that jobs import. */
  readonly asked: Set<string>;
}

/**
 * Kills a server at random moments while jobs merge into one series. After the restart every job ends, each has made one
 * version, no version has changed, and the instances are those of the jobs, each once.
 */
export async function mergeRun(kills: number, seed: number): Promise<CrashRun> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-merge-"));
  const random = new Random(seed);
  const start = (): Promise<Server> => startServer(join(folder, "data"), "--service-release", "2026-06");
  const wrong: string[] = [];
  let acknowledged = 0;
  await putFolders(join(folder, "data"));
  let server = await start();
  try {
    let known = await newKnown(server);
    for (let life = 1; life <= kills && wrong.length === 0; life++) {
      if (life % LIVES_OF_A_DATASTORE === 0) known = await newKnown(server);
      const { datastoreId } = known.clients;
      acknowledged += await liveAndDie(server, known, random);
      server = await start();
      known = { ...known, clients: openClients(server.url, datastoreId) };
      const found = [...(await check(known)), ...server.said];
      wrong.push(...found.map((text) => `life ${life}: ${text}`));
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return { kills, acknowledged, wrong };
}

async function putFolders(data: string): Promise<void> {
  const series = createSampleSeries(4);
  for (const [name, slices] of Object.entries(FOLDERS)) {
    const input = join(data, "s3", BUCKET, name);
    await mkdir(input, { recursive: true });
    for (const slice of slices) await writeFile(join(input, `${slice}.dcm`), series[slice]?.bytes ?? "");
    await writeFile(join(input, METADATA), JSON.stringify({ "00081030": { vr: "LO", Value: [name] } }));
  }
}

const newKnown = async ({ url }: Server): Promise<Known> => ({
  clients: openClients(url, await createActive(url, "merges")),
  versions: new Map(),
  asked: new Set(),
});

/** @returns how many jobs were acknowledged */
async function liveAndDie(server: Server, known: Known, random: Random): Promise<number> {
  const clients = openClients(server.url, known.clients.datastoreId);
  let isOver = false;
  const lanes = Array.from({ length: LANES }, () => lane(clients, known, random, () => isOver));
  const loaded = Promise.all(lanes);
  await Promise.race([delay(random.below(MAX_LIFE_MS)), loaded]);
  isOver = true;
  await server.kill();
  return (await loaded).reduce((sum, count) => sum + count, 0);
}

/** One job after another. */
async function lane(clients: Clients, known: Known, random: Random, isOver: () => boolean): Promise<number> {
  let acknowledged = 0;
  while (!isOver()) {
    try {
      const jobId = await startJob(clients, known, random);
      acknowledged += 1;
      await endOfJob(clients, jobId);
    } catch (error) {
      // Before its end the server has no reason to fail.
      if (!isOver()) throw error;
    }
  }
  return acknowledged;
}

async function startJob({ medicalImaging, datastoreId }: Clients, known: Known, random: Random) {
  const names = Object.keys(FOLDERS);
  const name = names[random.below(names.length)] ?? "first";
  known.asked.add(name);
  const command = new StartDICOMImportJobCommand({
    datastoreId,
    inputS3Uri: `s3://${BUCKET}/${name}`,
    outputS3Uri: `s3://${BUCKET}/out`,
    dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
    clientToken: random.text(),
  });
  if (random.below(2) === 1) addMetadata(command);
  const { jobId = "" } = await medicalImaging.send(command);
  return jobId;
}

/** The metadata file is merged, not refused as DICOM. */
function addMetadata(command: StartDICOMImportJobCommand): void {
  const mapping = { studyInstanceUID: STUDY, metadataFilePath: METADATA };
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string };
      request.body = addMappings(request.body, [mapping]);
      return next(args);
    },
    { step: "build", priority: "high" },
  );
}

async function check(known: Known): Promise<string[]> {
  const { clients } = known;
  const jobs = await jobsOf(clients);
  const wrong: string[] = [];
  for (const jobId of jobs) {
    const status = await endOfJob(clients, jobId);
    if (status !== "COMPLETED") wrong.push(`job ${jobId} is ${status}`);
  }
  const command = new SearchImageSetsCommand({ datastoreId: clients.datastoreId });
  const { imageSetsMetadataSummaries: found = [] } = await clients.medicalImaging.send(command);
  if (found.length !== Math.min(1, jobs.length)) wrong.push(`there are ${found.length} image sets`);
  const [{ imageSetId } = {}] = found;
  if (imageSetId !== undefined) wrong.push(...(await checkImageSet(known, imageSetId, jobs)));
  return wrong;
}

async function jobsOf({ medicalImaging: client, datastoreId }: Clients): Promise<string[]> {
  const pages = await Array.fromAsync(paginateListDICOMImportJobs({ client }, { datastoreId }));
  return pages.flatMap(({ jobSummaries = [] }) => jobSummaries.map(({ jobId = "" }) => jobId));
}

async function checkImageSet(known: Known, imageSetId: string, jobs: readonly string[]): Promise<string[]> {
  const { clients, versions } = known;
  const wrong: string[] = [];
  const { versionId = "", isPrimary } = await settled(clients, imageSetId);
  if (isPrimary !== true) wrong.push("the image set is not primary");
  wrong.push(...(await checkReports(clients, jobs, imageSetId)));
  const listed = await versionsOf(clients, imageSetId);
  for (const { versionId: version = "", ImageSetWorkflowStatus: status } of listed) {
    if (status !== (version === "1" ? "CREATED" : "IMPORTED")) wrong.push(`version ${version} is ${status}`);
    const { sha256 } = await readVersion(clients, imageSetId, version);
    if ((versions.get(version) ?? sha256) !== sha256) wrong.push(`version ${version} is another`);
    versions.set(version, sha256);
  }
  const { document } = await readVersion(clients, imageSetId, versionId);
  const instances = Object.values(document.Study.Series).flatMap(({ Instances }) => Object.keys(Instances));
  // A job that was asked for may not have come to be.
  const most = new Set([...known.asked].flatMap((name) => FOLDERS[name] ?? []));
  if (instances.length > most.size) wrong.push(`${instances.length} instances of ${most.size} files`);
  for (const frame of framesOf(document)) await readFrame(clients, imageSetId, frame);
  return wrong;
}

/** Every job has made one version, and all versions are of jobs. */
async function checkReports(
  clients: Clients,
  jobs: readonly string[],
  imageSetId: string,
): Promise<string[]> {
  const made: number[] = [];
  for (const jobId of jobs)
    for (const summary of (await readSummary(clients, jobId)).imageSetsSummary)
      made.push(summary.imageSetId === imageSetId ? (summary.imageSetVersion ?? 0) : -1);
  const expected = Array.from({ length: jobs.length }, (_, index) => index + 1);
  const sorted = made.toSorted((a, b) => a - b);
  return JSON.stringify(sorted) === JSON.stringify(expected)
    ? []
    : [`${jobs.length} jobs made versions ${sorted.join(", ")}`];
}

async function versionsOf(
  { medicalImaging: client, datastoreId }: Clients,
  imageSetId: string,
): Promise<ImageSetProperties[]> {
  const pages = await Array.fromAsync(paginateListImageSetVersions({ client }, { datastoreId, imageSetId }));
  return pages.flatMap(({ imageSetPropertiesList = [] }) => imageSetPropertiesList);
}
