import type { HttpResponse } from "../../api/http.ts";
import type { Operation } from "../../api/model/model.ts";
import type { Log } from "../../domain/log.ts";

/**
 * Assumed: newer-members. Members that the served release does not have are ignored, as AWS ignores unknown
 * members, but not silently: a header, a line of the log and the report name them, also for errors.
 * @param because the reason, after a colon
 * @param paths of the members; a path may occur more than once
 */
export function tellIgnored(
  { name }: Pick<Operation, "name">,
  log: Log,
  response: HttpResponse,
  because: string,
  paths: readonly string[],
): HttpResponse {
  const ignored = [...new Set(paths)];
  const verb = ignored.length === 1 ? "is" : "are";
  const said = `${ignored.join(", ")} ${verb} ignored: ${because}`;
  log.warn(`${name}: ${said}`);
  return { ...addHint(response, said), ignored };
}

/** Adds to a hint that the header already has. */
function addHint(response: HttpResponse, hint: string): HttpResponse {
  const { "x-local-hint": other, ...headers } = response.headers;
  const both = other === undefined ? hint : `${other}; ${hint}`;
  return { ...response, headers: { ...headers, "x-local-hint": both } };
}
