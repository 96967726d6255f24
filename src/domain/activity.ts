import type { Scope } from "../api/arns.ts";
import type { ErrorCode } from "../api/errors.ts";
import type { Operation } from "../api/model/model.ts";
import type { Caller } from "./caller.ts";
import type { Resource } from "./resource.ts";
import type { Change } from "./state.ts";

/**
 * One request and what came of it: each attempt of a client is one. Parameters, path and query are as they were sent:
 * they may hold patient data and secrets, and are never logged.
 */
export interface CallRecord {
  /** On the emulator's clock, milliseconds since 1970. */
  readonly at: number;
  /** What the request is for; undefined where it was refused before that was known. */
  readonly service: "medical-imaging" | "s3" | "local" | undefined;
  /** Who called; undefined where nobody asked who it was. */
  readonly principal: Caller | undefined;
  /** Undefined in process. */
  readonly sourceAddress: string | undefined;
  readonly userAgent: string | undefined;
  readonly host: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** HealthImaging's; undefined of every other request. */
  readonly operation: Operation | undefined;
  /** What the path names, decoded. */
  readonly labels: Readonly<Record<string, string>>;
  /** The body's beginning as it was sent. */
  readonly bodyStart: string;
  /** As the operation reads them; undefined where it was not reached, and of a large body once its answer is told. */
  readonly parameters: Readonly<Record<string, unknown>> | undefined;
  /** As the operation gives it; of one that only reads, and of a large one, until its answer is told. */
  readonly responseElements: unknown;
  /** The same for all attempts of one call of an SDK. */
  readonly invocationId: string | undefined;
  /** How often the SDK has sent this call, counted from 1. */
  readonly attempt: number | undefined;
  /** What scenarios did to it. */
  readonly faults: readonly FaultRecord[];
  /** Undefined until its answer begins. */
  readonly outcome: CallOutcome | undefined;
  /** Of real time, until the answer began. */
  readonly durationMs: number;
}

/** A call of an operation of HealthImaging. */
export interface OperationCall extends CallRecord {
  readonly operation: Operation;
  readonly principal: Caller;
}

export interface CallOutcome {
  /** Undefined where the connection broke off before. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** AWS's name of the error. */
  readonly errorCode: string | undefined;
  readonly message: string | undefined;
  /** How to fix it on this machine. */
  readonly hint: string | undefined;
  /** Message and hint without what the caller sent, where the error says so itself. */
  readonly logged: LoggedRefusal | undefined;
  /** The beginning of an error's body. */
  readonly errorBody: string | undefined;
  /** How a scenario broke the connection off. */
  readonly brokeOff: "reset" | "close" | "hang" | undefined;
  /** Members that are newer than the service, and were ignored. */
  readonly ignored: readonly string[];
  /** Refused since there were too many. */
  readonly isThrottled: boolean;
}

export interface LoggedRefusal {
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
}

/** A call in progress: each part that learns something about it records it here, once. */
export interface OpenCall extends CallRecord {
  /** It is a call of an operation: readers are told that it has begun. */
  begin(operation: Operation, labels: CallRecord["labels"], principal: Caller): void;
  identify(service: "s3" | "local", principal?: Caller): void;
  /** The whole body; its first reader records it. */
  received(body: Uint8Array): void;
  /** @param parameters held, not copied */
  asked(parameters: Readonly<Record<string, unknown>>, byteLength: number): void;
  /** @param output held, not copied */
  performed(output: unknown): void;
  faulted(faults: readonly FaultRecord[]): void;
}

/** What a rule of a scenario did: to a call, a file, a manifest or a transition. */
export interface FaultRecord {
  readonly at: number;
  /** `scenario/rule#hit` */
  readonly fault: string;
  readonly scenario: string;
  readonly rule: string;
  readonly subject: FaultSubject;
}

/** What it was done to, as far as it is known. */
export interface FaultSubject extends Scope {
  readonly kind: "call" | "file" | "manifest" | "transition";
}

/** Why a resource changed its state. `time`: it was due; `resumed`: work resumed after a start. */
export type Cause =
  | { readonly kind: "call"; readonly call: CallRecord }
  | { readonly kind: "control"; readonly call: CallRecord }
  | { readonly kind: "fault"; readonly fault: string }
  | { readonly kind: "time" }
  | { readonly kind: "resumed" };

/** A resource has another status than before, or is new, or gone. */
export interface StateChangeRecord extends Scope {
  readonly resource: Resource;
  readonly datastoreId: string;
  /** Null of a resource that is new. */
  readonly from: string | null;
  /** Null of one that is gone. */
  readonly to: string | null;
  readonly at: number;
  readonly message: string | null;
  readonly cause: Cause;
  /** Its document as it is now, or was when it went. */
  readonly document: Change["document"];
  /** As it was before. */
  readonly previous: Change["previous"];
  /** Of an import job that has ended here. */
  readonly files: FileCounts | undefined;
}

/** What became of the files of an import job. */
export interface FileCounts {
  readonly found: number;
  readonly imported: number;
  /** By reason, without patient data: the most frequent first. */
  readonly refused: ReadonlyMap<string, number>;
}

export const isOperationCall = (call: CallRecord): call is OperationCall => call.operation !== undefined;

/** Told of everything at once, in the order in which it happens. */
export interface ActivityReader {
  /** A call of an operation of HealthImaging, before anything is done about it. */
  callBegan?(call: OperationCall): void;
  /** Every request, when its answer begins. */
  callAnswered?(call: CallRecord): void;
  stateChanged?(change: StateChangeRecord): void;
  faultInjected?(fault: FaultRecord): void;
}

/** The one stream of what happens: the domain's port. */
export interface Activity {
  /** @returns how to hear no more of it */
  read(reader: ActivityReader): () => void;
  /** Puts down every change of state in `work`, and in what follows from it, to a cause. */
  because<T>(cause: Cause, work: () => T): T;
  faultInjected(fault: FaultRecord): void;
}

/** Refusals since there were too many. */
export const THROTTLING: ErrorCode = "ThrottlingException";
