import type { DICOMTags, ImageSetState, ImageSetWorkflowStatus } from "@aws-sdk/client-medical-imaging";
import type { BlobChecksum } from "../blobs.ts";

/** The stored form of an image set: instances of one series, with all its versions, oldest first. */
export interface ImageSet {
  readonly imageSetId: string;
  readonly datastoreId: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Null unless it is DELETED. */
  readonly deletedAt: number | null;
  readonly versions: readonly [ImageSetVersion, ...ImageSetVersion[]];
  /** All frames that its versions refer to. */
  readonly frameIds: readonly string[];
  /** The checksums of the frames, in the same order; null, or all absent, if not known yet. */
  readonly frameChecksums?: readonly (BlobChecksum | null)[];
  readonly tags: Readonly<Record<string, string>>;
  /** Whether it is the primary image set of its series; absent if not. */
  readonly isPrimary?: true;
  /** The work for which it is LOCKED; it is resumed after a restart of the process. */
  readonly pending?: PendingUpdate | PendingRevert | PendingCopy | PendingImport | PendingOverride;
}

/** Payloads of UpdateImageSetMetadata: JSON. */
export interface PendingUpdate {
  readonly kind: "update";
  readonly removableAttributes: string | null;
  readonly updatableAttributes: string | null;
  /** Changes what a call without `force` may not. */
  readonly isForced?: true;
  /** Other image sets of the study, which are UPDATING_FOR_STUDY_CONSISTENCY meanwhile. */
  readonly siblingImageSetIds?: readonly string[];
}

/** The content of an older version becomes that of a new one. */
export interface PendingRevert {
  readonly kind: "revert";
  readonly versionId: number;
}

/** Only of a copy's destination. */
export interface PendingCopy {
  readonly kind: "copy";
  readonly sourceImageSetId: string;
  /** JSON: the instances to copy; absent for all. */
  readonly copiableAttributes?: string;
  /** Copies although patient, study or series differ. */
  readonly isForced?: true;
  /** The destination is to be the primary image set of its series. */
  readonly isPromoted?: true;
}

/** Instances of an import job are merged into it. */
export interface PendingImport {
  readonly kind: "import";
  readonly jobId: string;
}

/** The image set was LOCKED by hand: no work is done on it. */
export interface PendingOverride {
  readonly kind: "push";
}

export interface ImageSetVersion {
  /** 1, 2, 3 ... */
  readonly versionId: number;
  readonly imageSetState: ImageSetState;
  readonly imageSetWorkflowStatus: WorkflowStatus;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly message: string | null;
  /** The key of this version's metadata document. */
  readonly metadataKey: string;
  /** Checksum of that document; absent if not known yet. */
  readonly metadataChecksum?: BlobChecksum;
  /** Attributes that searches match and return. */
  readonly dicomTags: DICOMTags;
  /** Made with `force`; absent if not. */
  readonly isForced?: true;
}

/** Those of every release, also the one that AWS's client lacks (facts: image-sets#states). */
export type WorkflowStatus = ImageSetWorkflowStatus | "UPDATING_FOR_STUDY_CONSISTENCY";

interface WorkflowRow {
  /** The image set's state while it has the status. */
  readonly state: ImageSetState;
  readonly next: readonly WorkflowStatus[];
}

const WORK = [
  "UPDATING",
  "UPDATING_FOR_STUDY_CONSISTENCY",
  "COPYING",
  "COPYING_WITH_READ_ONLY_ACCESS",
  "IMPORTING",
  "DELETING",
] as const;

/** Which state belongs to each workflow status, and which status may follow (facts: image-sets#states). */
export const IMAGE_SET_WORKFLOW: Readonly<Record<WorkflowStatus, WorkflowRow>> = {
  CREATED: { state: "ACTIVE", next: WORK },
  UPDATING: { state: "LOCKED", next: ["UPDATED", "UPDATE_FAILED"] },
  UPDATED: { state: "ACTIVE", next: WORK },
  UPDATE_FAILED: { state: "ACTIVE", next: WORK },
  UPDATING_FOR_STUDY_CONSISTENCY: { state: "LOCKED", next: ["UPDATED", "UPDATE_FAILED"] },
  COPYING: { state: "LOCKED", next: ["COPIED", "COPY_FAILED"] },
  COPYING_WITH_READ_ONLY_ACCESS: { state: "LOCKED", next: ["COPIED", "COPY_FAILED"] },
  COPIED: { state: "ACTIVE", next: WORK },
  COPY_FAILED: { state: "ACTIVE", next: WORK },
  IMPORTING: { state: "LOCKED", next: ["IMPORTED", "IMPORT_FAILED"] },
  IMPORTED: { state: "ACTIVE", next: WORK },
  IMPORT_FAILED: { state: "ACTIVE", next: WORK },
  DELETING: { state: "LOCKED", next: ["DELETED"] },
  DELETED: { state: "DELETED", next: [] },
};

export function latestVersion({ versions }: ImageSet): ImageSetVersion {
  return versions.at(-1) ?? versions[0];
}
