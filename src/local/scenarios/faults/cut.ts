import { Readable } from "node:stream";
import type { HttpResponse } from "../../../api/http.ts";
import { bodyByteLength } from "../../../api/http-body.ts";
import type { Schema } from "../reading/schema.ts";

/** Where an answer is truncated: after that many bytes of its body, or that fraction of it. */
export interface Cut {
  readonly bytes?: number;
  readonly fraction?: number;
}

export const CUT: Readonly<Record<keyof Cut, Schema>> = {
  bytes: { type: "integer", minimum: 0 },
  fraction: { type: "number", minimum: 0, maximum: 1 },
};

export const checkCut = ({ bytes, fraction }: Cut): string | undefined =>
  bytes !== undefined && fraction !== undefined ? "expects bytes or fraction, not both" : undefined;

/** @returns at most the entire body less one byte: a truncated body is not complete */
export function cutAt({ bytes, fraction = 0.5 }: Cut, response: HttpResponse): number {
  const length = lengthOf(response);
  const wanted = bytes ?? Math.floor(length * fraction);
  return Math.max(0, Math.min(wanted, length - 1));
}

export function lengthOf({ body = "", headers }: HttpResponse): number {
  return body instanceof Readable ? Number(headers["content-length"] ?? 0) : bodyByteLength(body);
}
