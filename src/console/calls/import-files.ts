import { isResourceId } from "../../api/arns.ts";
import { askControl } from "./ask-control.ts";
import { callS3, objectPath } from "./bucket-api.ts";
import { CallError } from "./call-error.ts";
import { currentCaller } from "./console-caller.ts";
import type { DroppedFile } from "./dropped-files.ts";
import { callApi, listAll, type ListedDatastore, type ListedJob } from "./medical-imaging-api.ts";

/** As `import` of the command line names it. */
const BUCKET = "healthimaging-local-import";
/** Files that are sent at a time: browsers open six connections. */
const UPLOADS = 5;

export interface ImportStep {
  readonly step: "Uploading" | "Importing";
  readonly done: number;
  readonly of: number;
}

/** A file that was not imported, or with a warning. */
export interface ImportFinding {
  readonly file: string;
  readonly message: string;
}

export interface ImportResult {
  readonly datastoreId: string;
  readonly job: ListedJob;
  readonly imageSetIds: readonly string[];
  readonly failures: readonly ImportFinding[];
}

/**
 * Uploads files to a bucket and imports them as one job, as `importFolder` does; the uploaded files are deleted again.
 * @param datastore an id, else a name, else the name of a new data store
 */
export async function importFiles(
  files: readonly DroppedFile[],
  datastore: string,
  onStep: (step: ImportStep) => void,
): Promise<ImportResult> {
  const prefix = `input/${crypto.randomUUID()}/`;
  const datastoreId = await readyDatastore(datastore);
  await callS3("PUT", `/${BUCKET}`, undefined, [409]);
  try {
    await upload(files, prefix, onStep);
    const job = await runJob(datastoreId, prefix, files.length, onStep);
    return { datastoreId, job, ...(await readResult(job, prefix)) };
  } finally {
    await Promise.all(files.map(({ name }) => callS3("DELETE", objectPath(BUCKET, prefix + name))));
  }
}

async function readyDatastore(datastore: string): Promise<string> {
  const stores = await listAll<ListedDatastore>("/datastore", "datastoreSummaries");
  const living = stores.filter(({ datastoreStatus }) => ["CREATING", "ACTIVE"].includes(datastoreStatus));
  const found =
    living.find(({ datastoreId }) => datastoreId === datastore) ??
    living.find(({ datastoreName }) => datastoreName === datastore);
  if (found === undefined && isResourceId(datastore))
    throw new CallError(`No data store has the id or name ${datastore}.`);
  const made =
    found ??
    (await callApi<ListedDatastore>("POST", "/datastore", {
      datastoreName: datastore,
      clientToken: crypto.randomUUID(),
    }));
  await askControl("wait", { query: { resource: `datastore/${made.datastoreId}`, status: "ACTIVE" } });
  return made.datastoreId;
}

async function upload(
  files: readonly DroppedFile[],
  prefix: string,
  onStep: (step: ImportStep) => void,
): Promise<void> {
  const waiting = files.values();
  let done = 0;
  const sendNext = async (): Promise<void> => {
    for (const { name, file } of waiting) {
      await callS3("PUT", objectPath(BUCKET, prefix + name), file);
      onStep({ step: "Uploading", done: ++done, of: files.length });
    }
  };
  await Promise.all(Array.from({ length: UPLOADS }, sendNext));
}

async function runJob(
  datastoreId: string,
  prefix: string,
  fileCount: number,
  onStep: (step: ImportStep) => void,
): Promise<ListedJob> {
  const account = /^\d{12}$/.exec(currentCaller()?.accessKeyId ?? "")?.[0] ?? "000000000000";
  const { jobId } = await callApi<ListedJob>("POST", `/startDICOMImportJob/datastore/${datastoreId}`, {
    clientToken: crypto.randomUUID(),
    dataAccessRoleArn: `arn:aws:iam::${account}:role/healthimaging-local-import`,
    inputS3Uri: `s3://${BUCKET}/${prefix}`,
    outputS3Uri: `s3://${BUCKET}/output/`,
  });
  for (;;) {
    // A long poll that is cut short, so that progress can be shown.
    const query = { resource: `importJob/${jobId}`, status: "COMPLETED,FAILED", timeout: "500ms" } as const;
    const { status } = await askControl("wait", { query }, [408, 409]);
    const progress = await askControl("readProgress", { params: { jobId } });
    onStep({ step: "Importing", done: progress?.filesDone ?? 0, of: progress?.filesFound ?? fileCount });
    if (status === "COMPLETED" || status === "FAILED") break;
  }
  const path = `/getDICOMImportJob/datastore/${datastoreId}/job/${jobId}`;
  return (await callApi<{ jobProperties: ListedJob }>("GET", path)).jobProperties;
}

interface Manifest {
  readonly jobSummary: { readonly imageSetsSummary: readonly { readonly imageSetId: string }[] };
}

async function readResult(
  { jobStatus, outputS3Uri = "" }: ListedJob,
  prefix: string,
): Promise<Pick<ImportResult, "imageSetIds" | "failures">> {
  if (jobStatus !== "COMPLETED") return { imageSetIds: [], failures: [] };
  const output = outputS3Uri.slice("s3://".length);
  const manifest = (await (await callS3("GET", `/${output}job-output-manifest.json`)).json()) as Manifest;
  return {
    imageSetIds: manifest.jobSummary.imageSetsSummary.map(({ imageSetId }) => imageSetId),
    failures: await readFailures(outputS3Uri, prefix),
  };
}

/** @param prefix is left out of the files' names */
export async function readFailures(outputS3Uri: string, prefix: string): Promise<ImportFinding[]> {
  const path = `/${outputS3Uri.slice("s3://".length)}FAILURE/failure.ndjson`;
  const response = await callS3("GET", path, undefined, [404]);
  if (response.status === 404) return [];
  const lines = (await response.text()).split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { inputFile, exception } = JSON.parse(line) as {
      inputFile: string;
      exception: { message: string };
    };
    const file = inputFile.startsWith(prefix) ? inputFile.slice(prefix.length) : inputFile;
    return { file, message: exception.message };
  });
}
