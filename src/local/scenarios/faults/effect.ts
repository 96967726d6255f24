import { Readable } from "node:stream";
import type { HttpResponse } from "../../../api/http.ts";
import { copyOf } from "../../../api/http-body.ts";
import type { Operation } from "../../../api/model/model.ts";
import type { FileFailure } from "../../../importer/protocol.ts";
import type { Schema } from "../reading/schema.ts";

/** A kind of fault: its name in scenarios, what may be said of it, and what it does. */
export interface Fault<Options = unknown> {
  readonly name: string;
  readonly schema: Schema;
  /** The only operations that it can be for. */
  readonly operations?: readonly string[];
  /** Problems with these operations that the schema cannot express. */
  check?(options: Options, operations: readonly Operation[]): string | undefined;
  create(options: Options): Effect;
}

/** A fault that is ready to happen. */
export type Effect = CallEffect | FileEffect | ManifestEffect | TransitionEffect;

export interface CallEffect {
  readonly kind: "call";
  /** It answers by itself: nothing behind it is asked. */
  readonly ends: boolean;
  /** Content is changed first, then its form, then how it is sent, whatever their order in the rule. */
  readonly layer?: PayloadLayer;
  /** @param answer what would happen without it, the operation itself in the end */
  readonly apply: (answer: () => Promise<HttpResponse>, call: FaultedCall) => Promise<HttpResponse>;
}

export type PayloadLayer = "content" | "form";

export interface FileEffect {
  readonly kind: "file";
  readonly failure: FileFailure;
}

/** Effects on an import job's report. */
export interface ManifestEffect {
  readonly kind: "manifest";
  /** After the end of the job; Infinity is never. */
  readonly delayMs: number;
}

export interface TransitionEffect {
  readonly kind: "transition";
  /** It decides what becomes of the resource: nothing behind it is asked. */
  readonly ends: boolean;
  readonly step: TransitionStep;
}

/** A wait, not longer than until a signal, or a failure with its message. */
export type TransitionStep =
  | { readonly waitMs: number; readonly signal?: string | undefined }
  | { readonly failure: string };

/** The call that a fault affects. */
export interface FaultedCall {
  /** From 0 up to 1: for a purpose always the same, with the same seed. */
  readonly draw: (purpose: string) => number;
  /**
   * On the emulator's clock; not longer than the scenario is active, or the client is there.
   * @returns false where that was over first
   */
  readonly wait: (milliseconds: number) => Promise<boolean>;
  /** Bytes of another frame of the image set, as stored; undefined if there is no other frame. */
  readonly otherFrame: () => Promise<Uint8Array | undefined>;
}

/** Answers, and nothing is done. */
export const refusing = (refuse: () => HttpResponse): CallEffect => ({
  kind: "call",
  ends: true,
  apply: async () => refuse(),
});

/** Lets the operation be done and, where it succeeded, answers something else. */
export const replacing = (replace: () => HttpResponse): CallEffect => ({
  kind: "call",
  ends: true,
  apply: async (answer) => {
    const response = await answer();
    if (!isSuccess(response)) return response;
    if (response.body instanceof Readable) response.body.destroy();
    return replace();
  },
});

/** Bends the answer of an operation that succeeded. */
export const bending = (
  bend: (response: HttpResponse, call: FaultedCall) => HttpResponse | Promise<HttpResponse>,
): CallEffect => ({
  kind: "call",
  ends: false,
  apply: async (answer, call) => {
    const response = await answer();
    return isSuccess(response) ? bend(response, call) : response;
  },
});

/** Bends the bytes of an answer: those that the operation gave, or another such fault. */
export const bendingBytes = (
  layer: PayloadLayer,
  bend: (
    bytes: Buffer,
    call: FaultedCall,
    headers: HttpResponse["headers"],
  ) => Partial<HttpResponse> | Promise<Partial<HttpResponse>>,
): CallEffect => ({
  ...bending(async (response, call) => {
    const { body } = response;
    if (body === undefined || typeof body === "string" || body instanceof Readable) return response;
    return { ...response, ...(await bend(copyOf(body), call, response.headers)) };
  }),
  layer,
});

const isSuccess = ({ status, breaksOff }: HttpResponse): boolean => status < 300 && breaksOff === undefined;
