import type { Scope } from "../../api/arns.ts";
import type { ResourceKind } from "../../domain/resource.ts";
import type { Transition } from "../../domain/time/transitions.ts";

/** What rules are held against: a call of an operation, or something that happens by itself. */
export interface RuleEvent extends Scope {
  readonly kind: "call" | "file" | "manifest" | "transition";
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
