import type { Member, Model } from "./model.ts";
import { PUBLISHED_SHAPES } from "./published-service.ts";

/**
 * Whether a member of a shape is one that AWS has and the served model has not. The two are compared only when a
 * request has an unknown member.
 */
export const isNewerMember = (served: Model, shapeName: string, name: string): boolean =>
  memberOf(PUBLISHED_SHAPES, shapeName, name) !== undefined &&
  memberOf(served.shapes, shapeName, name) === undefined;

/** Query parameters of an input that the served model has not, by their names in the query. */
export function newerParameters(served: Model, inputShape: string, query: Iterable<string>): string[] {
  const unknown = new Set(query);
  for (const [, { locationName = "" }] of parametersOf(served.shapes, inputShape))
    unknown.delete(locationName);
  if (unknown.size === 0) return [];
  return parametersOf(PUBLISHED_SHAPES, inputShape)
    .filter(([, { locationName = "" }]) => unknown.has(locationName))
    .map(([name]) => name);
}

const parametersOf = (shapes: Model["shapes"], inputShape: string): [name: string, member: Member][] =>
  Object.entries(shapes[inputShape]?.members ?? {}).filter(([, { location }]) => location === "querystring");

function memberOf(shapes: Model["shapes"], shapeName: string, name: string): Member | undefined {
  const { members = {} } = shapes[shapeName] ?? {};
  return Object.hasOwn(members, name) ? members[name] : undefined;
}
