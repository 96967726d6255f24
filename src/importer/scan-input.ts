import { parseS3Folder } from "../api/s3-uri.ts";
import type { ImportJob } from "../domain/import-jobs/import-job.ts";
import type { ImportLimits } from "../domain/import-jobs/import-limits.ts";
import type { ObjectStore, ObjectSummary } from "../domain/objects.ts";
import { JobError, orJobError } from "./job-error.ts";

/**
 * Lists the files of the input folder, in the order of their keys, with what cannot be read; folder markers are not files.
 * Stops listing where a limit is passed.
 * @throws JobError
 */
export async function scanInput(
  objects: Pick<ObjectStore, "list">,
  { inputS3Uri }: Pick<ImportJob, "inputS3Uri">,
  limits: ImportLimits,
): Promise<ObjectSummary[]> {
  const { bucket, prefix } = parseS3Folder(inputS3Uri);
  const files: ObjectSummary[] = [];
  const folders = new Set<string>();
  let totalBytes = 0;
  const listing = objects.list(bucket, prefix)[Symbol.asyncIterator]();
  const next = () => orJobError("The input folder cannot be listed", () => listing.next());
  try {
    for (let found = await next(); found.done !== true; found = await next()) {
      const { key, byteLength, fault } = found.value;
      addFolders(folders, prefix, key);
      if (fault !== undefined) files.push({ key, byteLength, fault });
      else if (!key.endsWith("/")) {
        files.push({ key, byteLength });
        totalBytes += byteLength;
      }
      checkLimits(limits, files.length, folders.size, totalBytes);
    }
  } finally {
    await listing.return?.();
  }
  return files;
}

/** Those between the input folder and the key. */
function addFolders(folders: Set<string>, prefix: string, key: string): void {
  for (let end = key.lastIndexOf("/"); end >= prefix.length; end = key.lastIndexOf("/", end - 1)) {
    const folder = key.slice(0, end + 1);
    if (folders.has(folder)) return; // And so are those above it.
    folders.add(folder);
  }
}

/**
 * Assumed: exceeded-job-limits. The names after the first, of which a part was seen
 * (facts: import-jobs#message-of-a-failed-job), and all texts are ours.
 */
function checkLimits(limits: ImportLimits, files: number, folders: number, totalBytes: number): void {
  if (files > limits.maxFiles) throw exceeded("FILE_COUNTS", `more than ${limits.maxFiles} files`);
  if (folders > limits.maxFolders) throw exceeded("FOLDER_COUNTS", `more than ${limits.maxFolders} folders`);
  if (totalBytes > limits.maxTotalBytes)
    throw exceeded("FILE_SIZES", `more than ${limits.maxTotalBytes} bytes`);
}

const exceeded = (limit: string, found: string): JobError =>
  new JobError(`${limit}_LIMIT_EXCEEDED: the input folder has ${found}`);
