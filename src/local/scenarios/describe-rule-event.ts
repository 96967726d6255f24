import { BODY_BOUNDS, isRecord, parseBoundedJson } from "../../api/json.ts";
import { parseArn } from "../../api/arns.ts";
import type { ImageSet } from "../../domain/image-sets/image-set.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import type { State } from "../../domain/state.ts";
import type { Transition } from "../../domain/time/transitions.ts";
import type { Call } from "../../healthimaging/http/intercept.ts";
import type { RuleEvent } from "./rule-event.ts";

type Known = Pick<State, "datastores" | "imageSets" | "importJobs">;
type Lookup = { readonly state: Known; readonly imageSets: Pick<ImageSets, "ofSeries"> };

export function describeCall(
  { route, request, caller, record }: Call,
  body: Uint8Array,
  lookup: Lookup,
): RuleEvent {
  const { bodyStart, attempt } = record;
  const { operation, labels } = route;
  const arn = labels["resourceArn"] === undefined ? undefined : parseArn(labels["resourceArn"]);
  const said = BODY_SAYS[operation.name];
  const text = said === undefined ? undefined : readText(body, bodyStart, said);
  const named = (name: typeof said): string | undefined => (said === name ? text : undefined);
  const jobId = labels["jobId"];
  return {
    kind: "call",
    account: caller.account,
    region: caller.region,
    accessKeyId: caller.accessKeyId,
    operation: operation.name,
    datastoreId: labels["datastoreId"] ?? arn?.datastoreId,
    imageSetId:
      labels["imageSetId"] ??
      labels["sourceImageSetId"] ??
      arn?.imageSetId ??
      imageSetOfSeries(labels, request.query, caller, lookup),
    studyInstanceUID: labels["studyInstanceUID"],
    seriesInstanceUID: labels["seriesInstanceUID"],
    sopInstanceUID: labels["sopInstanceUID"],
    frameId: named("imageFrameId"),
    jobId,
    jobName: jobId === undefined ? named("jobName") : nameOfJob(jobId, lookup.state),
    file: undefined,
    attempt,
    transition: undefined,
  };
}

export const describeFile = (job: ImportJob, file: string, state: Known): RuleEvent => ({
  ...describeJob("file", job, state),
  file,
});

export const describeManifest = (job: ImportJob, state: Known): RuleEvent =>
  describeJob("manifest", job, state);

export function describeTransition({ kind, id, datastoreId, from, to }: Transition, state: Known): RuleEvent {
  return {
    ...describeHappening("transition", datastoreId, state),
    imageSetId: kind === "imageSet" ? id : undefined,
    jobId: kind === "importJob" ? id : undefined,
    jobName: kind === "importJob" ? nameOfJob(id, state) : undefined,
    transition: { resource: kind, from, to },
  };
}

const describeJob = (kind: RuleEvent["kind"], job: ImportJob, state: Known): RuleEvent => ({
  ...describeHappening(kind, job.datastoreId, state),
  jobId: job.jobId,
  jobName: job.jobName ?? undefined,
});

const nameOfJob = (jobId: string, { importJobs }: Known): string | undefined =>
  importJobs.get(jobId)?.jobName ?? undefined;

/** Its account and region are those of its data store. */
function describeHappening(kind: RuleEvent["kind"], datastoreId: string, state: Known): RuleEvent {
  const { account = "", region = "" } = state.datastores.get(datastoreId) ?? {};
  return {
    kind,
    account,
    region,
    accessKeyId: undefined,
    operation: undefined,
    datastoreId,
    imageSetId: undefined,
    frameId: undefined,
    jobId: undefined,
    jobName: undefined,
    file: undefined,
    attempt: undefined,
    transition: undefined,
  };
}

/**
 * DICOMweb names an image set in the query; without that, the most recently updated one of the series is
 * meant.
 */
function imageSetOfSeries(
  { datastoreId, studyInstanceUID, seriesInstanceUID }: Call["route"]["labels"],
  query: string,
  caller: Call["caller"],
  { imageSets }: Lookup,
): string | undefined {
  if (datastoreId === undefined || studyInstanceUID === undefined || seriesInstanceUID === undefined)
    return undefined;
  const asked = new URLSearchParams(query).get("imageSetId");
  if (asked !== null) return asked;
  try {
    const [latest]: readonly ImageSet[] = imageSets.ofSeries(
      caller,
      datastoreId,
      studyInstanceUID,
      seriesInstanceUID,
    );
    return latest?.imageSetId;
  } catch {
    // It does not exist: the operation will report that.
    return undefined;
  }
}

/** Members that only a call's body has. */
export const BODY_SAYS: Readonly<Partial<Record<string, "imageFrameId" | "jobName">>> = {
  GetImageFrame: "imageFrameId",
  StartDICOMImportJob: "jobName",
};

/** An invalid body names nothing. @param beginning of it, as text */
function readText(body: Uint8Array, beginning: string, name: string): string | undefined {
  try {
    const isWhole = body.length <= beginning.length;
    const json = parseBoundedJson(isWhole ? beginning : Buffer.from(body).toString(), BODY_BOUNDS);
    const value = isRecord(json) ? json[name] : undefined;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
