import type { HttpRequest } from "../api/http.ts";
import { closest } from "../domain/closest.ts";
import { DurationError, readDuration } from "../domain/duration-text.ts";
import { RESOURCE_KINDS, type Resource, type ResourceKind } from "../domain/resource.ts";
import { readBody } from "../gateway/read-body.ts";
import { ControlError } from "./control-error.ts";

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads a body that is a JSON object.
 * @param example of one, for whoever sent something else
 * @throws ControlError 400
 */
export async function readJsonObject(
  request: HttpRequest,
  example: string,
): Promise<Readonly<Record<string, unknown>>> {
  return parseJsonObject(await readBody(request, MAX_BODY_BYTES), example);
}

/** As `readJsonObject`; no body at all is an empty object. */
export async function readOptionalJsonObject(
  request: HttpRequest,
  example: string,
): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readBody(request, MAX_BODY_BYTES);
  return bytes.length === 0 ? {} : parseJsonObject(bytes, example);
}

function parseJsonObject(bytes: Uint8Array, example: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below, as of JSON that is no object.
  }
  throw new ControlError(400, `The body is no JSON object; it is such as ${example}`);
}

/** @throws ControlError 400 for the first name that is not known */
export function refuseUnknown(what: string, names: Iterable<string>, known: readonly string[]): void {
  for (const name of names) if (!known.includes(name)) throw unknownName(what, name, known);
}

export function unknownName(what: string, name: string, known: readonly string[]): ControlError {
  const meant = closest(name, known);
  const hint = meant === undefined ? "" : ` Did you mean ${JSON.stringify(meant)}?`;
  const given = JSON.stringify(name.slice(0, 64));
  return new ControlError(400, `${given} is no ${what}.${hint} There is ${known.join(", ")}`);
}

/** A parameter, each given at most once. @throws ControlError 400 */
export function readQuery(query: string, known: readonly string[]): Readonly<Record<string, string>> {
  const parameters = new URLSearchParams(query);
  refuseUnknown("parameter", parameters.keys(), known);
  for (const name of known) {
    if (parameters.getAll(name).length > 1) throw new ControlError(400, `${name} is given more than once`);
  }
  return Object.fromEntries(parameters);
}

/** @returns milliseconds. @throws ControlError 400 */
export function readDurationOf(name: string, text: string): number {
  try {
    return readDuration(text);
  } catch (error) {
    if (error instanceof DurationError) throw new ControlError(400, `${name}: ${error.message}`);
    throw error;
  }
}

/** @param text `importJob/{id}`. @throws ControlError 400 */
export function readResource(text: string): Resource {
  const [kind = "", id = "", ...rest] = text.split("/");
  if (rest.length > 0 || id === "") {
    throw new ControlError(
      400,
      `${JSON.stringify(text.slice(0, 64))} names no resource: it is such as importJob/{jobId}`,
    );
  }
  return { kind: readKind(kind), id };
}

export function readKind(text: string): ResourceKind {
  const kind = RESOURCE_KINDS.find((known) => known === text);
  if (kind === undefined) throw unknownName("kind of resource", text, RESOURCE_KINDS);
  return kind;
}
