import type { Scope } from "../api/arns.ts";
import type { ErrorCode } from "../api/errors.ts";
import type { Operation } from "../api/model/model.ts";
import type { Caller } from "./caller.ts";
import type { Resource } from "./resource.ts";
import type { Change } from "./state.ts";

/**
 * One request and its outcome; each attempt of a client is a request. Parameters, path and query are as they
 * were sent: they may contain patient data and secrets, and are never logged.
 */
export interface CallRecord {
  /** On the emulator's clock, milliseconds since 1970. */
  readonly at: number;
  /** The service that was addressed; undefined if the request was refused before that was known. */
  readonly service: "medical-imaging" | "s3" | "local" | "other" | undefined;
  /** `GetImageFrame`, or `dynamodb:ListTables` for another service; undefined for S3 and `/_local`. */
  readonly name: string | undefined;
  /** The caller; undefined if the caller was not determined. */
  readonly principal: Caller | undefined;
  /** Undefined in process. */
  readonly sourceAddress: string | undefined;
  readonly userAgent: string | undefined;
  readonly host: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** HealthImaging's operation; undefined for every other request. */
  readonly operation: Operation | undefined;
  /** The labels of the path, decoded. */
  readonly labels: Readonly<Record<string, string>>;
  /** The beginning of the body as it was sent. */
  readonly bodyStart: string;
  /**
   * As the operation reads them; undefined if it was not reached, and for a large body once the answer is
   * reported.
   */
  readonly parameters: Readonly<Record<string, unknown>> | undefined;
  /**
   * As the operation returns it. That of a read, and a large one, is kept only until the answer is reported.
   */
  readonly responseElements: unknown;
  /** The same for all attempts of one call of an SDK. */
  readonly invocationId: string | undefined;
  /** How often the SDK has sent this call, counted from 1. */
  readonly attempt: number | undefined;
  /** What scenarios did to the call. */
  readonly faults: readonly FaultRecord[];
  /** Undefined until its answer begins. */
  readonly outcome: CallOutcome | undefined;
  /** Real time until the answer began. */
  readonly durationMs: number;
}

/** A call of an operation of HealthImaging. */
export interface OperationCall extends NamedCall {
  readonly operation: Operation;
}

/** A call of an operation, of HealthImaging or of another service. */
export interface NamedCall extends CallRecord {
  readonly name: string;
  readonly principal: Caller;
}

export interface CallOutcome {
  /** Undefined if the connection broke off before. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** AWS's name of the error. */
  readonly errorCode: string | undefined;
  readonly message: string | undefined;
  /** How to fix it on this machine. */
  readonly hint: string | undefined;
  /** Message and hint without the caller's input, if the error provides them. */
  readonly logged: LoggedRefusal | undefined;
  /** The beginning of an error's body. */
  readonly errorBody: string | undefined;
  /** How a scenario broke off the connection. */
  readonly brokeOff: "reset" | "close" | "hang" | undefined;
  /** Members that are newer than the service and were ignored. */
  readonly ignored: readonly string[];
  /** Refused because there were too many calls. */
  readonly isThrottled: boolean;
}

export interface LoggedRefusal {
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
}

/** A call in progress: each part that learns something about it records it here, once. */
export interface OpenCall extends CallRecord {
  /** Identifies it as a call of an operation: readers are notified that it has begun. */
  begin(operation: Operation, labels: CallRecord["labels"], principal: Caller): void;
  identify(service: "s3" | "local", principal?: Caller): void;
  /** Identifies it as a call of a service other than HealthImaging and S3. @param name `dynamodb:ListTables` */
  identifyOther(name: string, principal: Caller): void;
  /** The entire body; its first reader records it. */
  received(body: Uint8Array): void;
  /** @param parameters held, not copied */
  asked(parameters: Readonly<Record<string, unknown>>, byteLength: number): void;
  /** @param output held, not copied */
  performed(output: unknown): void;
  faulted(faults: readonly FaultRecord[]): void;
}

/** What a rule of a scenario did to a call, a file, a manifest or a transition. */
export interface FaultRecord {
  readonly at: number;
  /** `scenario/rule#hit` */
  readonly fault: string;
  readonly scenario: string;
  readonly rule: string;
  readonly subject: FaultSubject;
}

/** The target of a fault, as far as it is known. */
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

/** A resource changed its status, was created or was removed. */
export interface StateChangeRecord extends Scope {
  readonly resource: Resource;
  readonly datastoreId: string;
  /** Null for a new resource. */
  readonly from: string | null;
  /** Null for a removed resource. */
  readonly to: string | null;
  readonly at: number;
  readonly message: string | null;
  readonly cause: Cause;
  /** Its document now, or when it was removed. */
  readonly document: Change["document"];
  /** Its document before the change. */
  readonly previous: Change["previous"];
  /** Set if an import job has ended. */
  readonly files: FileCounts | undefined;
}

/** The outcome of an import job's files. */
export interface FileCounts {
  readonly found: number;
  readonly imported: number;
  /** By reason, without patient data: the most frequent first. */
  readonly refused: ReadonlyMap<string, number>;
}

export const isNamedCall = (call: CallRecord): call is NamedCall => call.name !== undefined;

export const isOperationCall = (call: CallRecord): call is OperationCall => call.operation !== undefined;

/** Receives all activity synchronously, in order. */
export interface ActivityReader {
  /** A call of an operation of HealthImaging, before it is processed. */
  callBegan?(call: OperationCall): void;
  /** Every request, when its answer begins. */
  callAnswered?(call: CallRecord): void;
  stateChanged?(change: StateChangeRecord): void;
  faultInjected?(fault: FaultRecord): void;
}

/** The one stream of activity: a port of the domain. */
export interface Activity {
  /** @returns unsubscribes the reader */
  read(reader: ActivityReader): () => void;
  /** Attributes every change of state in `work`, and its consequences, to a cause. */
  because<T>(cause: Cause, work: () => T): T;
  faultInjected(fault: FaultRecord): void;
}

/** The error code of throttled calls. */
export const THROTTLING: ErrorCode = "ThrottlingException";
