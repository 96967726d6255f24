import { model, type Member, type Shape } from "./model.ts";
import published from "./service-model.json" with { type: "json" };

/**
 * Whether a member of a shape is newer than the guide of 2024-05: today's model has it, the served model does
 * not. The two are compared only when a request has an unknown member.
 */
export const isNewerMember = (shapeName: string, name: string): boolean =>
  memberOf(published.shapes, shapeName, name) !== undefined &&
  memberOf(model.shapes, shapeName, name) === undefined;

/** Query parameters of an input that are newer than the guide, by their names in the query. */
export function newerParameters(inputShape: string, query: Iterable<string>): string[] {
  const sent = new Set(query);
  const { members = {} } = shapesOf(published.shapes)[inputShape] ?? {};
  return Object.entries(members)
    .filter(([, { location, locationName = "" }]) => location === "querystring" && sent.has(locationName))
    .map(([name]) => name)
    .filter((name) => isNewerMember(inputShape, name));
}

function memberOf(shapes: object, shapeName: string, name: string): Member | undefined {
  const { members = {} } = shapesOf(shapes)[shapeName] ?? {};
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** The JSON's type is narrower than the keys that may be looked up in it. */
const shapesOf = (shapes: object): Readonly<Record<string, Shape | undefined>> =>
  shapes as Readonly<Record<string, Shape | undefined>>;
