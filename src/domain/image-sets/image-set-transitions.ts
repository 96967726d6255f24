import { ServiceError } from "../../api/errors.ts";
import {
  IMAGE_SET_WORKFLOW,
  latestVersion,
  type ImageSet,
  type ImageSetVersion,
  type WorkflowStatus,
} from "./image-set.ts";
import type { StateChange } from "../state.ts";

/** Set together with a new status. */
type VersionChanges = Pick<ImageSetVersion, "updatedAt"> &
  Partial<Pick<ImageSetVersion, "message" | "metadataKey" | "metadataChecksum" | "dicomTags" | "isForced">>;
type ImageSetChanges = Partial<
  Pick<ImageSet, "pending" | "frameIds" | "frameChecksums" | "deletedAt" | "isPrimary">
>;

/**
 * @param latestVersionId as the caller knows it; left out, any
 * Assumed: locked-image-set. LOCKED, or another latest version, is a ConflictException; the messages are
 * ours.
 * @throws ServiceError ConflictException
 */
export function requireFree(imageSet: ImageSet, latestVersionId?: string): void {
  const { imageSetState, imageSetWorkflowStatus, versionId } = latestVersion(imageSet);
  if (imageSetState === "LOCKED") {
    throw new ServiceError(
      "ConflictException",
      `Image set ${imageSet.imageSetId} is LOCKED: ${imageSetWorkflowStatus}`,
    );
  }
  if (latestVersionId === undefined || latestVersionId === String(versionId)) return;
  throw new ServiceError(
    "ConflictException",
    `The latest version of image set ${imageSet.imageSetId} is ${versionId}, not ${latestVersionId}`,
  );
}

/**
 * Moves an image set to a status; `versionChanges` apply to the version, `changes` to the image set itself.
 */
type Move = (
  change: StateChange,
  imageSet: ImageSet,
  status: WorkflowStatus,
  versionChanges: VersionChanges,
  changes?: ImageSetChanges,
) => ImageSet;

/** Sets a legal next status of the latest version; DELETED applies to all versions. */
export const moveLatest: Move = (change, imageSet, status, versionChanges, changes) => {
  requireNext(imageSet, status);
  return forceLatest(change, imageSet, status, versionChanges, changes);
};

/** As `moveLatest`, from any status. */
export const forceLatest: Move = (change, imageSet, status, versionChanges, changes) => {
  const latest = latestVersion(imageSet);
  const move = (version: ImageSetVersion): ImageSetVersion =>
    version === latest || status === "DELETED" ? withStatus(version, status, versionChanges) : version;
  const [first, ...rest] = imageSet.versions;
  return put(change, { ...imageSet, versions: [move(first), ...rest.map(move)], ...changes });
};

/** Adds a version with a status; its content is that of the version before it. */
export const addVersion: Move = (change, imageSet, status, versionChanges, changes) => {
  const { isForced: _, ...latest } = latestVersion(imageSet);
  requireNext(imageSet, status);
  const added = { ...withStatus(latest, status, versionChanges), versionId: latest.versionId + 1 };
  return put(change, { ...imageSet, versions: [...imageSet.versions, added], ...changes });
};

/**
 * Removes the latest version, as if its change had never begun.
 * @throws if it is the only one
 */
export const dropLatest = (change: StateChange, imageSet: ImageSet): ImageSet =>
  put(change, withoutLatest(imageSet));

/**
 * An image set as if the change of its latest version had never begun.
 * @throws if it is the only one
 */
export function withoutLatest(imageSet: ImageSet): ImageSet {
  const [first, ...rest] = imageSet.versions.slice(0, -1);
  if (first === undefined) throw new Error(`image set ${imageSet.imageSetId} has one version`);
  const { pending: _, ...others } = imageSet;
  return { ...others, versions: [first, ...rest] };
}

function put({ imageSets }: StateChange, imageSet: ImageSet): ImageSet {
  imageSets.put(imageSet);
  return imageSet;
}

const withStatus = (
  version: ImageSetVersion,
  imageSetWorkflowStatus: WorkflowStatus,
  versionChanges: VersionChanges,
): ImageSetVersion => ({
  ...version,
  message: null,
  ...versionChanges,
  imageSetState: IMAGE_SET_WORKFLOW[imageSetWorkflowStatus].state,
  imageSetWorkflowStatus,
});

function requireNext(imageSet: ImageSet, status: WorkflowStatus): void {
  const { imageSetWorkflowStatus } = latestVersion(imageSet);
  if (IMAGE_SET_WORKFLOW[imageSetWorkflowStatus].next.includes(status)) return;
  throw new Error(`image set ${imageSet.imageSetId} cannot go from ${imageSetWorkflowStatus} to ${status}`);
}
