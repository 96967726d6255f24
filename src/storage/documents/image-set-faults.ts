import { metadataKey } from "../../domain/blobs.ts";
import {
  latestVersion,
  type ImageSet,
  type PendingOverride,
  type WorkflowStatus,
} from "../../domain/image-sets/image-set.ts";

type PendingKind = NonNullable<ImageSet["pending"]>["kind"];

/** By the status of the latest version: the work that an image set may have pending. */
const PENDING: Readonly<Partial<Record<WorkflowStatus, readonly (PendingKind | undefined)[]>>> = {
  UPDATING: ["update", "revert", "push"],
  COPYING: ["copy", "push"],
  IMPORTING: ["import", "push"],
  // The source of a copy waits for the destination's, others of a study for that of the updated image set.
  COPYING_WITH_READ_ONLY_ACCESS: [undefined, "push" satisfies PendingOverride["kind"]],
  UPDATING_FOR_STUDY_CONSISTENCY: [undefined, "push" satisfies PendingOverride["kind"]],
};

/** Faults of an image set whose members are each valid. */
export function faultOfImageSet(imageSet: ImageSet): string | undefined {
  const { datastoreId, imageSetId, versions } = imageSet;
  for (const { versionId, metadataKey: key } of versions) {
    if (key === metadataKey(datastoreId, imageSetId, versionId)) continue;
    // A version whose change failed shares the document of a version before it.
    const number = Number(/-([1-9]\d{0,9})\.json$/.exec(key)?.[1]);
    // Keys are paths: a version's document is in the folder of its own image set, and nowhere else.
    if (!(number <= versionId) || key !== metadataKey(datastoreId, imageSetId, number))
      return `version ${versionId} has its metadata in another file`;
  }
  const { frameIds, frameChecksums = frameIds } = imageSet;
  if (frameChecksums.length !== frameIds.length)
    return `it has ${frameIds.length} frameIds and ${frameChecksums.length} frameChecksums`;
  const { imageSetWorkflowStatus: status } = latestVersion(imageSet);
  const kind = imageSet.pending?.kind;
  const allowed = PENDING[status] ?? [undefined];
  if (allowed.includes(kind)) return undefined;
  return kind === undefined
    ? `it is ${status}, and no work is pending`
    : `it is ${status}, and ${kind} is pending`;
}
