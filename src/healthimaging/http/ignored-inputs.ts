import type { HttpResponse } from "../../api/http.ts";
import type { Operation } from "../../api/model/model.ts";
import type { Log } from "../../domain/log.ts";

/**
 * Assumed: newer-members. Members newer than the guide of 2024-05 are ignored, as the service of that time
 * ignored unknown members, but not silently: a header, a line of the log and the report name them, also for
 * errors.
 * @param paths of the newer members; a path may occur more than once
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

/** Adds to a hint that the header already has. */
function addHint(response: HttpResponse, hint: string): HttpResponse {
  const { "x-local-hint": other, ...headers } = response.headers;
  const both = other === undefined ? hint : `${other}; ${hint}`;
  return { ...response, headers: { ...headers, "x-local-hint": both } };
}
