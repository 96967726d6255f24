import { parseArn, type Scope } from "../api/arns.ts";
import type { ImageSet } from "../domain/image-set.ts";
import type { ImageSets } from "../domain/image-sets.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { ResourceKind } from "../domain/resource.ts";
import type { State } from "../domain/state.ts";
import type { Transition } from "../domain/transitions.ts";
import type { Call } from "../gateway/intercept.ts";
import type { Effect } from "./faults/effect.ts";
import { isRecord } from "./schema.ts";

/** What rules are held against: a call of an operation, or something that happens by itself. */
export interface Subject extends Scope {
  readonly kind: Effect["kind"];
  /** Of a call. */
  readonly operation: string | undefined;
  /** Of a call that is signed. */
  readonly accessKeyId: string | undefined;
  readonly datastoreId: string | undefined;
  readonly imageSetId: string | undefined;
  readonly frameId: string | undefined;
  readonly jobId: string | undefined;
  readonly jobName: string | undefined;
  /** The S3 key of a file. */
  readonly file: string | undefined;
  /** How often the SDK has sent this call, counted from 1. */
  readonly attempt: number | undefined;
  /** What is about to leave a state, and for which. */
  readonly transition: (Pick<Transition, "from" | "to"> & { readonly resource: ResourceKind }) | undefined;
}

type Known = Pick<State, "datastores" | "imageSets" | "importJobs">;
type Lookup = { readonly state: Known; readonly imageSets: Pick<ImageSets, "ofSeries"> };

export function describeCall({ route, request, caller }: Call, body: Uint8Array, lookup: Lookup): Subject {
  const { operation, labels } = route;
  const arn = labels["resourceArn"] === undefined ? undefined : parseArn(labels["resourceArn"]);
  const json = readJson(body);
  const jobId = labels["jobId"];
  const attempt = /attempt=(\d{1,6})/.exec(request.headers["amz-sdk-request"] ?? "")?.[1];
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
    frameId: textOf(json, "imageFrameId"),
    jobId,
    jobName:
      jobId === undefined
        ? textOf(json, "jobName")
        : (lookup.state.importJobs.get(jobId)?.jobName ?? undefined),
    file: undefined,
    attempt: attempt === undefined ? undefined : Number(attempt),
    transition: undefined,
  };
}

export const describeFile = (job: ImportJob, file: string, state: Known): Subject => ({
  ...describeJob("file", job, state),
  file,
});

export const describeManifest = (job: ImportJob, state: Known): Subject =>
  describeJob("manifest", job, state);

export function describeTransition({ kind, id, datastoreId, from, to }: Transition, state: Known): Subject {
  return {
    ...describeHappening("transition", datastoreId, state),
    imageSetId: kind === "imageSet" ? id : undefined,
    jobId: kind === "importJob" ? id : undefined,
    jobName: kind === "importJob" ? (state.importJobs.get(id)?.jobName ?? undefined) : undefined,
    transition: { resource: kind, from, to },
  };
}

const describeJob = (kind: Subject["kind"], job: ImportJob, state: Known): Subject => ({
  ...describeHappening(kind, job.datastoreId, state),
  jobId: job.jobId,
  jobName: job.jobName ?? undefined,
});

/** It belongs to whom its data store belongs to. */
function describeHappening(kind: Subject["kind"], datastoreId: string, state: Known): Subject {
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

/** DICOMweb names an image set in the query, or means the one of a series that was updated last. */
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
    // There is none: the operation will say so.
    return undefined;
  }
}

/** Of what the body says; a body that makes no sense says nothing. */
function readJson(body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
}

function textOf(json: unknown, name: string): string | undefined {
  const value = isRecord(json) ? json[name] : undefined;
  return typeof value === "string" ? value : undefined;
}
