import type { Member, Model, Shape } from "./model.ts";
import published from "./service-model.json" with { type: "json" };

/**
 * Whether a member of a shape is one that AWS has and the served model has not. The two are compared only when a
 * request has an unknown member.
 */
export const isNewerMember = (served: Model, shapeName: string, name: string): boolean =>
  memberOf(published.shapes, shapeName, name) !== undefined &&
  memberOf(served.shapes, shapeName, name) === undefined;

/** Query parameters of an input that the served model has not, by their names in the query. */
export function newerParameters(served: Model, inputShape: string, query: Iterable<string>): string[] {
  const sent = new Set(query);
  const { members = {} } = shapesOf(published.shapes)[inputShape] ?? {};
  return Object.entries(members)
    .filter(([, { location, locationName = "" }]) => location === "querystring" && sent.has(locationName))
    .map(([name]) => name)
    .filter((name) => isNewerMember(served, inputShape, name));
}

function memberOf(shapes: object, shapeName: string, name: string): Member | undefined {
  const { members = {} } = shapesOf(shapes)[shapeName] ?? {};
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** The JSON's type is narrower than the keys that may be looked up in it. */
const shapesOf = (shapes: object): Readonly<Record<string, Shape | undefined>> =>
  shapes as Readonly<Record<string, Shape | undefined>>;
