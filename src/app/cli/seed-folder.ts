import type { HttpHandler } from "../../api/http.ts";
import { datastoreNameOf } from "../../local/sdk/import/import-fixtures.ts";
import { faultOfFolder } from "../../local/sdk/import/folder-files.ts";
import { importFolder, listDatastores, type ImportOutcome } from "../../local/sdk/import/import-folder.ts";
import { LocalApi } from "../../local/sdk/local-api.ts";
import { refusalReason } from "../../domain/import-jobs/refusal-reason.ts";
import type { Log } from "../../domain/log.ts";
import { UsageError } from "./settings/usage-error.ts";

/** The maximum number of files that are named in the log. */
const MAX_SHOWN = 20;

/**
 * Imports a folder of DICOM files into a data store with the folder's name, unless that data store exists: a
 * server that keeps its data is seeded once.
 * @param folder absolute
 * @throws Error if no file could be imported
 */
export async function seedFolder(
  handle: HttpHandler,
  folder: string,
  followLinks: boolean,
  log: Log,
): Promise<void> {
  const fault = await faultOfFolder(folder);
  if (fault !== undefined) throw new UsageError(`--seed: ${fault}`);
  const datastore = datastoreNameOf(folder);
  const api = new LocalApi({ endpoint: handle, accessKeyId: "test", region: "us-east-1" });
  try {
    const isThere = (await listDatastores(api)).some(({ datastoreName }) => datastoreName === datastore);
    if (isThere) return log.info(`seed: the data store ${datastore} exists, nothing is imported`);
    const outcome = await importFolder(api, { folder, datastore, followLinks, onProgress: () => {} });
    const { datastoreId, imageSets, jobId, jobStatus, message, warnings = [] } = outcome;
    if (jobStatus !== "COMPLETED") throw new Error(`seed: the import job is ${jobStatus}: ${message}`);
    log.info(`seed: ${imageSets.length} image sets in data store ${datastore} (${datastoreId})`);
    for (const line of describeFailures(outcome)) log.warn(`seed: ${line}`);
    const warned = warnings.length === 1 ? "1 file is" : `${warnings.length} files are`;
    if (warnings.length > 0)
      log.warn(`seed: ${warned} imported with warnings: warning.ndjson of job ${jobId} has them`);
  } finally {
    api.close();
  }
}

/**
 * File names may identify patients: those that the job has read are named only in its report. The others are
 * named here, since no report names them. A reason may quote the file, so it is shortened as in the job's log
 * line.
 */
function* describeFailures({ failures, notUploaded, jobId }: ImportOutcome): Generator<string> {
  for (const { file, message } of failures.slice(0, Math.min(notUploaded, MAX_SHOWN)))
    yield `${file || "."} is not imported: ${message}`;
  if (notUploaded > MAX_SHOWN) yield `and ${notUploaded - MAX_SHOWN} more files cannot be uploaded`;
  for (const [reason, { length }] of Map.groupBy(failures.slice(notUploaded), refusalReason))
    yield length === 1
      ? `1 file is not imported: ${reason}; failure.ndjson of job ${jobId} names it`
      : `${length} files are not imported: ${reason}; failure.ndjson of job ${jobId} names them`;
}
