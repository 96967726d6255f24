import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import type { ImportWarning } from "../api/import-warnings.ts";
import type { Behaviours } from "../api/releases/behaviours.ts";
import type { BlobChecksum } from "../domain/blobs.ts";
import type { ObjectSource } from "../domain/objects.ts";

/** A file, and how it is imported. */
export type FileSource = ObjectSource & FileRules;

export interface FileRules {
  /** Of its image set; unlimited if absent. */
  readonly maxMetadataBytes?: number;
  /** Of the served release. */
  readonly behaviours?: FileBehaviours;
}

export type FileBehaviours = Pick<
  Behaviours,
  "imageSetGrouping" | "valueLimits" | "importWarnings" | "keptOriginals" | "storedFrames"
>;

/** The maximum bytes that all frames in progress may take together. */
type MaxMemory = { readonly maxMemoryBytes: number };

/**
 * `file`: one DICOM file to import. Bytes are transferred to the worker; a path is read there.
 * `warm-up`: prepare for the first file. It has no reply.
 * `memory-granted`: the answer to `memory`.
 * `frame-taken`: one frame fewer is in the spool folder. See `FrameCredit`. It has no reply.
 */
export type WorkerRequest =
  | ({ readonly kind: "file"; readonly source: FileSource; readonly spool: Spool } & MaxMemory)
  | { readonly kind: "memory-granted" }
  | { readonly kind: "warm-up" }
  | { readonly kind: "frame-taken" };

/**
 * Where the frames of one task are written: files `spoolName-1`, `spoolName-2` ... in the folder of its
 * emulator.
 */
export interface Spool {
  readonly spoolFolder: string;
  /** Unique in the folder. */
  readonly spoolName: string;
}

/**
 * `memory`: the worker waits until it may take that many bytes, in place of those that it requested before.
 * It keeps them until the outcome, or until it has ended if it is worn out.
 * A `file` is answered by a `frame` for each of its frames, in order and as a path, then by an outcome.
 */
export type WorkerReply =
  | { readonly kind: "memory"; readonly byteLength: number }
  | { readonly kind: "frame"; readonly path: string; readonly frameId: string }
  | (FileOutcome & { readonly isWornOut: boolean });

/**
 * The outcome of one file; only an instance leaves frames. `lost`: the worker had been idle and ended before
 * it reported anything about the file, which may not be the cause.
 */
export type FileOutcome =
  | { readonly kind: "instance"; readonly instance: ImportedInstance }
  | { readonly kind: "failure"; readonly failure: FileFailure }
  | { readonly kind: "lost"; readonly failure: FileFailure }
  | { readonly kind: "unreadable"; readonly cause: string }
  | { readonly kind: "unwritable"; readonly cause: string };

/** A DICOM file as an instance. */
export interface ImportedInstance {
  readonly sopInstanceUID: string;
  /** Equal for instances of the same image set, by the rule of the release, and of fixed length. */
  readonly groupingKey: string;
  /** Equal where all elements of patient, study and series are, and of fixed length. */
  readonly attributesKey: string;
  readonly warnings: readonly ImportWarning[];
  /** Attributes of an image set with only this instance. */
  readonly dicomTags: DICOMTags;
  readonly frameIds: readonly string[];
  readonly frameChecksums: readonly BlobChecksum[];
  /**
   * JSON of a metadata document, from `"Patient":` to the bracket before the instances. It is the same for
   * all instances of an image set.
   */
  readonly head: Uint8Array<ArrayBuffer>;
  /** JSON: SOP Instance UID, a colon and the instance's part of the document. */
  readonly text: Uint8Array<ArrayBuffer>;
}

/** Closes what surrounds the instances of a document: instances, series, list of series, study, document. */
export const TAIL = "}".repeat(5);

export interface ImportedFrame {
  readonly frameId: string;
  /** From base to full resolution; the checksum is the CRC-32 of the decoded samples. */
  readonly levels: readonly { readonly width: number; readonly height: number; readonly checksum: number }[];
  readonly minPixelValue: number;
  readonly maxPixelValue: number;
  readonly decodedByteLength: number;
  /** CRC-32 of the stored codestream. */
  readonly storedChecksum: BlobChecksum;
}

/** Why a file was not imported, as in failure.ndjson. */
export interface FileFailure {
  readonly exceptionType: (typeof FAILURE_TYPES)[number];
  readonly message: string;
  /** `scenario/rule#hit` of the scenario that refused it. failure.ndjson does not contain it. */
  readonly fault?: string;
}

/** Imports produce the first two themselves; a scenario may produce all. */
export const FAILURE_TYPES = [
  "ValidationException",
  "InternalServerException",
  "AccessDeniedException",
  "ConflictException",
  "ResourceNotFoundException",
  "ServiceQuotaExceededException",
  "ThrottlingException",
] as const;
