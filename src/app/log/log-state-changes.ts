import { parseS3Folder } from "../../api/s3-uri.ts";
import type { Activity, FileCounts, StateChangeRecord } from "../../domain/activity.ts";
import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import type { Log, LogFields } from "../../domain/log.ts";
import { isFailure } from "../../domain/resource.ts";
import { tagOf } from "../../imaging/dicom/dictionary/dictionary.ts";
import { masked, stringsIn } from "./mask.ts";

/** The maximum number of refusal reasons in one line. */
const MAX_REASONS = 5;

/** Logs the progress of import jobs, and failures with their reason: ids and times, not files. */
export function logStateChanges(activity: Pick<Activity, "read">, log: Log): void {
  activity.read({
    stateChanged: (change) => {
      const { resource, to, message } = change;
      if (to === null) return;
      if (resource.kind === "importJob") logJob(change, log);
      else if (isFailure(to))
        log.info(
          `${NAMES[resource.kind]} ${resource.id} is ${to}${why(message, namesIn(change))}${fault(change)}`,
          fieldsOf(change, to),
        );
    },
  });
}

const NAMES = { datastore: "data store", imageSet: "image set", importJob: "import job" } as const;

const fieldsOf = ({ resource, datastoreId }: StateChangeRecord, status: string): LogFields => ({
  datastoreId,
  [`${resource.kind}Id`]: resource.id,
  status,
});

function logJob(change: StateChangeRecord, log: Log): void {
  const job = change.document as ImportJob;
  const { jobId, datastoreId, jobStatus, endedAt, submittedAt, message } = job;
  const durationMs = endedAt === null ? undefined : endedAt - submittedAt;
  const files = change.files;
  const end = isFailure(jobStatus)
    ? why(message, namesIn(change))
    : files === undefined
      ? ""
      : `  ${describe(files)}`;
  log.info(`import job ${jobId} is ${jobStatus}${end}${fault(change)}`, {
    jobId,
    datastoreId,
    jobStatus,
    durationMs,
    ...(files === undefined ? {} : { filesFound: files.found, filesImported: files.imported }),
  });
}

/** `18 of 21 files, 3 refused: BitsAllocated 32 (1), binary segmentation (2)` */
function describe({ found, imported, refused }: FileCounts): string {
  if (found === 0) return "0 of 0 files: no object is below the inputS3Uri of the job";
  const count = `${imported} of ${found} ${found === 1 ? "file" : "files"}`;
  const reasons = [...refused];
  const total = reasons.reduce((sum, [, files]) => sum + files, 0);
  if (total === 0) return count;
  const told = reasons.slice(0, MAX_REASONS).map(([reason, files]) => `${reason} (${files})`);
  const others = reasons.slice(MAX_REASONS).reduce((sum, [, files]) => sum + files, 0);
  return `${count}, ${total} refused: ${[...told, ...(others === 0 ? [] : [`other reasons (${others})`])].join(", ")}`;
}

const why = (message: string | null, sent: Iterable<string>): string =>
  message === null ? "" : `: ${masked(message, sent)}`;

const fault = ({ cause }: StateChangeRecord): string =>
  cause.kind === "fault" ? ` [fault ${cause.fault}]` : "";

/** What a message could repeat of its client's input, except names of buckets. */
function* namesIn({ document, previous }: StateChangeRecord): Generator<string> {
  if ("jobName" in document) {
    const { jobName, inputS3Uri, outputS3Uri, dataAccessRoleArn } = document;
    if (jobName !== null) yield jobName;
    yield dataAccessRoleArn;
    for (const { prefix } of [inputS3Uri, outputS3Uri].map(parseS3Folder))
      yield* [prefix, ...prefix.split("/")];
  }
  if (previous !== undefined && "pending" in previous && previous.pending?.kind === "update")
    for (const payload of [previous.pending.removableAttributes, previous.pending.updatableAttributes])
      if (payload !== null) yield* stringsIn(JSON.parse(payload), (name) => !isOfDicom(name));
}

const MEMBERS: ReadonlySet<string> = new Set([
  "SchemaVersion",
  "Patient",
  "Study",
  "Series",
  "Instances",
  "DICOM",
]);
const isOfDicom = (name: string): boolean => MEMBERS.has(name) || tagOf(name) !== undefined;
