import type { HttpResponse } from "../../api/http.ts";
import type { Operation } from "../../api/model/model.ts";
import type { Log } from "../../domain/log.ts";
import { answerError } from "./answers.ts";
import type { OnNewer } from "./read-input.ts";

/**
 * Assumed: newer-members. What is newer than the guide of 2024-05 is ignored, as the service of then ignored
 * what it did not know, but never in silence: a header, one line of the log and the report tell it, of errors
 * too.
 */
export async function tellingIgnored(
  { name }: Pick<Operation, "name">,
  log: Log,
  perform: (onNewer: OnNewer) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  let ignored: Set<string> | undefined;
  const onNewer = (path: string): void => void (ignored ??= new Set()).add(path);
  let response: HttpResponse;
  try {
    response = await perform(onNewer);
  } catch (error) {
    if (ignored === undefined) throw error;
    response = answerError(error, log);
  }
  return ignored === undefined ? response : tell(name, log, response, [...ignored]);
}

function tell(operation: string, log: Log, response: HttpResponse, ignored: string[]): HttpResponse {
  const verb = ignored.length === 1 ? "is" : "are";
  const said = `${ignored.join(", ")} ${verb} ignored: newer than the service of 2024-05`;
  log.warn(`${operation}: ${said}`);
  return { ...addHint(response, said), ignored };
}

/** Beside what the header says already. */
export function addHint(response: HttpResponse, hint: string): HttpResponse {
  const { "x-local-hint": other, ...headers } = response.headers;
  const both = other === undefined ? hint : `${other}; ${hint}`;
  return { ...response, headers: { ...headers, "x-local-hint": both } };
}
