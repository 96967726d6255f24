import type { HttpRequest } from "../api/http.ts";
import { isRecord, LimitError } from "../domain/limit-input.ts";
import { readBody } from "../gateway/read-body.ts";

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads a body that is one JSON object.
 * @param form an example of it, for whoever sends something else
 * @throws LimitError
 */
export async function readJson(request: HttpRequest, form: string): Promise<Record<string, unknown>> {
  const body = await readBody(request, MAX_BODY_BYTES);
  try {
    const wanted: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    if (isRecord(wanted)) return wanted;
  } catch {
    throw new LimitError(`the body is no JSON; it is such as ${form}`);
  }
  throw new LimitError(`the body is no JSON object; it is such as ${form}`);
}
