import { readdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isResourceId } from "../../../api/arns.ts";
import { reasonUnread } from "../../../aws/s3/walk.ts";
import { listFiles, openFile, type FolderFile, type Refused } from "./folder-files.ts";
import { FileChanged, uploadOf } from "./upload-content.ts";
import { ControlCalls } from "../control-calls.ts";
import type { ResourceName, StatusName } from "../control-operations.ts";
import { ApiError, type LocalApi } from "../local-api.ts";

export interface FolderImport {
  /** Absolute. */
  readonly folder: string;
  /** An id, else a name, else the name of a new data store. */
  readonly datastore: string;
  /** Also imports files outside the folder that links in it point to. */
  readonly followLinks?: boolean | undefined;
  /** Called with the progress of a step. */
  readonly onProgress: (step: "Uploading" | "Importing", done: number, of: number) => void;
  /** Called with the job's properties each time its status changes. */
  readonly onStatus?: (job: JobProperties) => void;
  /** Resolves once a resource has one of the statuses; left out, the import polls. */
  readonly wait?: (resource: ResourceName, statuses: readonly StatusName[]) => Promise<void>;
}

export interface ImportedImageSet {
  readonly imageSetId: string;
  readonly numberOfMatchedSOPInstances: number;
  /** The version that the import made; only of releases with primary image sets, like `isPrimary`. */
  readonly imageSetVersion?: number;
  readonly isPrimary?: boolean;
}

export interface ImportOutcome {
  readonly datastoreId: string;
  readonly jobId: string;
  readonly jobStatus: string;
  /** Only for a FAILED job. */
  readonly message: string | null;
  readonly imageSets: readonly ImportedImageSet[];
  /** Files that were not uploaded come first. */
  readonly failures: readonly Refused[];
  /** Files that were imported with warnings, each with their messages; only of releases that warn. */
  readonly warnings?: readonly Refused[];
  /** How many could not be read and so are not in the job's `failure.ndjson`. */
  readonly notUploaded: number;
}

const BUCKET = "healthimaging-local-import";
const POLL_MS = 100;

/** Uploads a folder to a running emulator and imports it as one job. */
export async function importFolder(
  api: LocalApi,
  {
    folder,
    datastore,
    followLinks = false,
    onProgress,
    onStatus = () => {},
    wait = async () => {},
  }: FolderImport,
): Promise<ImportOutcome> {
  const inputPrefix = `input/${crypto.randomUUID()}/`;
  const { files, refused } = await listFiles(folder, inputPrefix, { followLinks });
  if (files.length === 0) throw await nothingIn(folder, refused);
  const datastoreId = await findDatastore(api, datastore, wait);
  await makeBucket(api);
  try {
    const unread = await upload(api, files, inputPrefix, onProgress);
    if (unread.length === files.length) throw await nothingIn(folder, [...refused, ...unread]);
    let shown = "";
    const job = await runJob(api, datastoreId, inputPrefix, wait, async (polled) => {
      if (polled.jobStatus !== shown) onStatus(polled);
      shown = polled.jobStatus;
      onProgress("Importing", await countDone(api, polled, files.length), files.length);
    });
    const outcome = await readOutcome(api, datastoreId, inputPrefix, job);
    const notUploaded = [...refused, ...unread];
    return {
      ...outcome,
      failures: [...notUploaded, ...outcome.failures],
      notUploaded: notUploaded.length,
    };
  } finally {
    for (const { name } of files) await api.s3("DELETE", BUCKET, inputPrefix + name);
  }
}

async function nothingIn(folder: string, [first, ...others]: readonly Refused[]): Promise<Error> {
  const nothing = `no files to import were found in ${folder}`;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : `, and ${others.length} more`;
    return new Error(`${nothing}: ${first.file || "."}: ${first.message}${more}`);
  }
  const isEmpty = (await readdir(folder)).length === 0;
  return new Error(
    isEmpty
      ? `${nothing}: it is empty`
      : `${nothing}: it has only folders, and links to itself or into itself`,
  );
}

type Wait = NonNullable<FolderImport["wait"]>;

async function findDatastore(api: LocalApi, idOrName: string, wait: Wait): Promise<string> {
  const datastores = await listDatastores(api);
  const found =
    datastores.find(({ datastoreId }) => datastoreId === idOrName) ??
    datastores.find(({ datastoreName }) => datastoreName === idOrName);
  if (found === undefined && isResourceId(idOrName)) {
    throw new Error(`no data store has the id or name ${idOrName}`);
  }
  const datastoreId = found?.datastoreId ?? (await createDatastore(api, idOrName));
  await wait(`datastore/${datastoreId}`, ["ACTIVE"]);
  await poll(async () => {
    const { datastoreProperties } = await api.json("GET", `/datastore/${datastoreId}`);
    const { datastoreStatus } = datastoreProperties as { datastoreStatus: string };
    if (datastoreStatus === "CREATING" || datastoreStatus === "ACTIVE") return datastoreStatus === "ACTIVE";
    throw new Error(`data store ${datastoreId} is ${datastoreStatus}`);
  });
  return datastoreId;
}

interface DatastoreSummary {
  readonly datastoreId: string;
  readonly datastoreName: string | null;
  readonly datastoreStatus: string;
}

/** Data stores that can be imported into. */
export async function listDatastores(api: LocalApi): Promise<DatastoreSummary[]> {
  const datastores: DatastoreSummary[] = [];
  let nextToken: unknown;
  do {
    const query = typeof nextToken === "string" ? `?nextToken=${encodeURIComponent(nextToken)}` : "";
    const page = await api.json("GET", `/datastore${query}`);
    datastores.push(...(page["datastoreSummaries"] as DatastoreSummary[]));
    nextToken = page["nextToken"];
  } while (nextToken !== null);
  return datastores.filter(({ datastoreStatus }) => ["CREATING", "ACTIVE"].includes(datastoreStatus));
}

async function createDatastore(api: LocalApi, datastoreName: string): Promise<string> {
  const created = await api.json("POST", "/datastore", { datastoreName, clientToken: crypto.randomUUID() });
  return String(created["datastoreId"]);
}

async function makeBucket(api: LocalApi): Promise<void> {
  await api.s3("PUT", BUCKET).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  });
}

/** @returns files that cannot be read, which may have been removed since they were listed */
async function upload(
  api: LocalApi,
  files: readonly FolderFile[],
  prefix: string,
  onProgress: FolderImport["onProgress"],
): Promise<Refused[]> {
  const unread: Refused[] = [];
  for (const [index, { name, path }] of files.entries()) {
    const message = await uploadFile(api, path, prefix + name);
    if (message !== undefined) unread.push({ file: name, message });
    onProgress("Uploading", index + 1, files.length);
  }
  return unread;
}

/**
 * @returns why the file cannot be read; undefined if it was uploaded. @throws any other failure of the upload
 */
async function uploadFile(api: LocalApi, path: string, key: string): Promise<string | undefined> {
  let fault: string | undefined;
  const note = (error: unknown): void => {
    fault ??= error instanceof FileChanged ? error.message : reasonUnread("file", error);
  };
  const file = await openFile(path).catch(note);
  if (file === undefined) return fault;
  try {
    const body = await uploadOf(file).catch(note);
    if (body === undefined) return fault;
    body.content.on("error", note);
    await api.s3("PUT", BUCKET, key, body);
  } catch (error) {
    if (fault === undefined) throw error;
  } finally {
    await file.close();
  }
  return fault;
}

export interface JobProperties {
  readonly jobId: string;
  readonly jobStatus: string;
  readonly outputS3Uri: string;
  readonly message: string | null;
}

async function runJob(
  api: LocalApi,
  datastoreId: string,
  inputPrefix: string,
  wait: Wait,
  onPoll: (job: JobProperties) => Promise<void>,
): Promise<JobProperties> {
  const { jobId } = await api.json("POST", `/startDICOMImportJob/datastore/${datastoreId}`, {
    clientToken: crypto.randomUUID(),
    dataAccessRoleArn: "arn:aws:iam::000000000000:role/healthimaging-local-import",
    inputS3Uri: `s3://${BUCKET}/${inputPrefix}`,
    outputS3Uri: `s3://${BUCKET}/output/`,
  });
  await wait(`importJob/${String(jobId)}`, ["COMPLETED", "FAILED"]);
  return poll(async () => {
    const answer = await api.json("GET", `/getDICOMImportJob/datastore/${datastoreId}/job/${String(jobId)}`);
    const job = answer["jobProperties"] as JobProperties;
    await onPoll(job);
    return isEnded(job) && job;
  });
}

const isEnded = ({ jobStatus }: JobProperties): boolean => ["COMPLETED", "FAILED"].includes(jobStatus);

async function countDone(api: LocalApi, job: JobProperties, fileCount: number): Promise<number> {
  if (isEnded(job)) return fileCount;
  const progress = await new ControlCalls(api).ask("readProgress", { params: { jobId: job.jobId } });
  return progress?.filesDone ?? 0;
}

async function readOutcome(
  api: LocalApi,
  datastoreId: string,
  inputPrefix: string,
  { jobId, jobStatus, message, outputS3Uri }: JobProperties,
): Promise<Omit<ImportOutcome, "notUploaded">> {
  const outcome = { datastoreId, jobId, jobStatus, message };
  if (jobStatus === "FAILED") return { ...outcome, imageSets: [], failures: [] };
  const output = outputS3Uri.slice(`s3://${BUCKET}/`.length);
  const manifest = JSON.parse(
    (await api.s3("GET", BUCKET, `${output}job-output-manifest.json`)).toString(),
  ) as {
    jobSummary: { imageSetsSummary: ImportOutcome["imageSets"]; warningsOutputS3Uri?: string };
  };
  const { imageSetsSummary, warningsOutputS3Uri } = manifest.jobSummary;
  const linesOf = async (key: string): Promise<string[]> =>
    (await api.s3("GET", BUCKET, output + key)).toString().split("\n").filter(Boolean);
  const warnings = warningsOutputS3Uri === undefined ? undefined : await linesOf("WARNING/warning.ndjson");
  return {
    ...outcome,
    imageSets: imageSetsSummary,
    failures: (await linesOf("FAILURE/failure.ndjson")).map((line) => readFailure(line, inputPrefix)),
    ...(warnings && { warnings: warnings.map((line) => readWarnings(line, inputPrefix)) }),
  };
}

function readFailure(line: string, inputPrefix: string): Refused {
  const { inputFile, exception } = JSON.parse(line) as { inputFile: string; exception: { message: string } };
  return { file: inputFile.slice(inputPrefix.length), message: exception.message };
}

function readWarnings(line: string, inputPrefix: string): Refused {
  const { inputFile, importResponse } = JSON.parse(line) as {
    inputFile: string;
    importResponse: { warnings: readonly { message: string }[] };
  };
  const message = importResponse.warnings.map((warning) => warning.message).join("; ");
  return { file: inputFile.slice(inputPrefix.length), message };
}

/** Polls until there is a result. */
async function poll<T>(ask: () => Promise<T | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== false) return answer;
    await delay(POLL_MS);
  }
}
