import { Readable } from "node:stream";
import type { HttpResponse } from "../../../api/http.ts";
import { copyOf } from "../../../api/http-body.ts";
import type { Operation } from "../../../api/model/model.ts";
import type { FileFailure } from "../../../importer/protocol.ts";
import type { Schema } from "../reading/schema.ts";

/** A kind of fault: its name in scenarios, its options, and its effect. */
export interface Fault<Options = unknown> {
  readonly name: string;
  readonly schema: Schema;
  /** The only operations that it applies to. */
  readonly operations?: readonly string[];
  /** Problems with these operations that the schema cannot express. */
  check?(options: Options, operations: readonly Operation[]): string | undefined;
  create(options: Options): Effect;
}

/** A configured fault. */
export type Effect = CallEffect | FileEffect | ManifestEffect | TransitionEffect;

export interface CallEffect {
  readonly kind: "call";
  /** It answers itself: later effects are not asked. */
  readonly ends: boolean;
  /** Content is changed first, then its form, then how it is sent, whatever their order in the rule. */
  readonly layer?: PayloadLayer;
  /** @param answer calls the next effect, and finally the operation itself */
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
  /** After the end of the job; Infinity means never. */
  readonly delayMs: number;
}

export interface TransitionEffect {
  readonly kind: "transition";
  /** It decides the fate of the resource: later effects are not asked. */
  readonly ends: boolean;
  readonly step: TransitionStep;
}

/** A wait, which a signal may end early, or a failure with its message. */
export type TransitionStep =
  | { readonly waitMs: number; readonly signal?: string | undefined }
  | { readonly failure: string };

/** The call that a fault affects. */
export interface FaultedCall {
  /** From 0 up to 1: the same for the same purpose and seed. */
  readonly draw: (purpose: string) => number;
  /**
   * On the emulator's clock; ends early if the scenario ends or the client disconnects.
   * @returns false if it ended early
   */
  readonly wait: (milliseconds: number) => Promise<boolean>;
  /** Stored bytes of another frame of the image set; undefined if there is none. */
  readonly otherFrame: () => Promise<Uint8Array | undefined>;
}

/** Answers without performing the operation. */
export const refusing = (refuse: () => HttpResponse): CallEffect => ({
  kind: "call",
  ends: true,
  apply: async () => refuse(),
});

/** Performs the operation; if it succeeds, answers something else. */
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

/** Changes the answer of a successful operation. */
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

/** Changes the bytes of an answer: of the operation, or of another such fault. */
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
