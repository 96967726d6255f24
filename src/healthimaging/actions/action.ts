import type { Caller } from "../../domain/caller.ts";
import type { WorkflowStatus } from "../../domain/image-sets/image-set.ts";

/**
 * One API operation: it names the parts that it uses and does not depend on HTTP. Its input has been
 * validated.
 */
export type Action<Request, Response> = (
  input: Validated<Request>,
  caller: Caller,
) => Sent<Response> | Promise<Sent<Response>>;

/** A response type of the SDK with the statuses of every release: its newest client lacks one. */
export type Sent<T> = T extends Date | Uint8Array | readonly unknown[]
  ? T
  : T extends object
    ? {
        [K in keyof T]: Lowercase<K & string> extends "imagesetworkflowstatus"
          ? T[K] | WorkflowStatus
          : Sent<T[K]>;
      }
    : T;

/** A request type of the SDK after validation: its required members are present. */
export type Validated<T> = T extends Date | Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Validated<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: object extends Pick<T, K> ? T[K] : Validated<Exclude<T[K], undefined>> }
      : T;

/**
 * Bytes, or consecutive chunks of them, that are the entire body of an answer, with the headers that describe
 * them.
 */
export interface BytesOutput {
  readonly bytes: Uint8Array | readonly Uint8Array[];
  readonly contentType: string;
  readonly contentEncoding?: string;
  /** Sent as `x-local-hint`. */
  readonly hint?: string | undefined;
}

/** A response type of the SDK as it is sent: a member without a value is null. */
export type Nullable<T> = { [K in keyof T]: T[K] | null };

/** Sent with a JSON answer as `x-local-hint`. */
export interface Hinted {
  readonly hint?: string | undefined;
}
