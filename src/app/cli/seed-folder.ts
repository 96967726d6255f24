import { stat } from "node:fs/promises";
import { datastoreNameOf } from "../../local/sdk/import/import-fixtures.ts";
import { importFolder, listDatastores } from "../../local/sdk/import/import-folder.ts";
import { LocalApi } from "../../local/sdk/local-api.ts";
import type { Log } from "../../domain/log.ts";
import { UsageError } from "./settings/usage-error.ts";

/**
 * Imports a folder of DICOM files into a data store of its name, unless there is one: a server that
 * keeps its data is seeded once.
 * @param folder absolute
 * @throws Error where nothing of it could be imported
 */
export async function seedFolder(
  endpoint: string,
  folder: string,
  followLinks: boolean,
  log: Log,
): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageError(`--seed: ${folder} is not a folder`);
  const datastore = datastoreNameOf(folder);
  const api = new LocalApi({ endpoint, accessKeyId: "test", region: "us-east-1" });
  try {
    const isThere = (await listDatastores(api)).some(({ datastoreName }) => datastoreName === datastore);
    if (isThere) return log.info(`seed: the data store ${datastore} is there, nothing is imported`);
    const { datastoreId, imageSets, failures, jobId, jobStatus, message } = await importFolder(api, {
      folder,
      datastore,
      followLinks,
      onProgress: () => {},
    });
    if (jobStatus !== "COMPLETED") throw new Error(`seed: the import job is ${jobStatus}: ${message}`);
    log.info(`seed: ${imageSets.length} image sets in data store ${datastore} (${datastoreId})`);
    // Names of files may tell of patients: they are in the report.
    for (const [reason, { length }] of Map.groupBy(failures, (failure) => failure.message)) {
      const files = length === 1 ? "1 file is" : `${length} files are`;
      log.warn(
        `seed: ${files} not imported: ${reason}; failure.ndjson of job ${jobId} names those that were read`,
      );
    }
  } finally {
    api.close();
  }
}
