import type { Scope } from "../../api/arns.ts";
import type { ResourceKind } from "../../domain/resource.ts";
import type { Transition } from "../../domain/time/transitions.ts";

/** An event that rules match: a call of an operation, or a background event. */
export interface RuleEvent extends Scope {
  readonly kind: "call" | "file" | "manifest" | "transition";
  /** Only for calls. */
  readonly operation: string | undefined;
  /** Only for signed calls. */
  readonly accessKeyId: string | undefined;
  readonly datastoreId: string | undefined;
  readonly imageSetId: string | undefined;
  /** UIDs in the path of a DICOMweb call. */
  readonly studyInstanceUID?: string | undefined;
  readonly seriesInstanceUID?: string | undefined;
  readonly sopInstanceUID?: string | undefined;
  readonly frameId: string | undefined;
  readonly jobId: string | undefined;
  readonly jobName: string | undefined;
  /** The S3 key of a file. */
  readonly file: string | undefined;
  /** How often the SDK has sent this call, counted from 1. */
  readonly attempt: number | undefined;
  /** The resource that is about to leave a state, and the next state. */
  readonly transition: (Pick<Transition, "from" | "to"> & { readonly resource: ResourceKind }) | undefined;
}
