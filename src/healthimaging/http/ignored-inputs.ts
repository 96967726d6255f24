import type { HttpResponse } from "../../api/http.ts";
import type { Operation } from "../../api/model/model.ts";
import type { Log } from "../../domain/log.ts";

/**
 * Assumed: newer-members. What is newer than the guide of 2024-05 is ignored, as the service of then ignored
 * what it did not know, but never in silence: a header, one line of the log and the report tell it, of errors
 * too.
 * @param paths of the members that are newer; one may stand there more than once
 */
export function tellIgnored(
  { name }: Pick<Operation, "name">,
  log: Log,
  response: HttpResponse,
  paths: readonly string[],
): HttpResponse {
  const ignored = [...new Set(paths)];
  const verb = ignored.length === 1 ? "is" : "are";
  const said = `${ignored.join(", ")} ${verb} ignored: newer than the service of 2024-05`;
  log.warn(`${name}: ${said}`);
  return { ...addHint(response, said), ignored };
}

/** Beside what the header says already. */
function addHint(response: HttpResponse, hint: string): HttpResponse {
  const { "x-local-hint": other, ...headers } = response.headers;
  const both = other === undefined ? hint : `${other}; ${hint}`;
  return { ...response, headers: { ...headers, "x-local-hint": both } };
}
