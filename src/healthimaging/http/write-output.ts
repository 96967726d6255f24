import { shapeOf, type Model, type Operation, type Shape } from "../../api/model/model.ts";

/**
 * An operation's JSON body as the service writes it (facts: service#json-of-answers): members in alphabetical
 * order, a member without a value as `null`, timestamps in seconds in the notation of a Java double
 * (`1.700243522295E9`), members that the model does not list left out.
 */
export function writeOutput(model: Model, operation: Operation, output: unknown): string {
  return write(model, operation.output, output);
}

function write(model: Model, shapeName: string, value: unknown): string {
  if (value === undefined || value === null) return "null";
  const shape = shapeOf(model.shapes, shapeName);
  switch (shape.type) {
    case "structure":
      return writeStructure(model, shape, value as Record<string, unknown>);
    case "list":
      return `[${(value as unknown[]).map((item) => write(model, shape.member?.shape ?? "String", item)).join(",")}]`;
    case "map":
      return writeMap(model, shape, value as Record<string, unknown>);
    case "timestamp":
      return writeTimestamp(value as Date);
    case "blob":
      return JSON.stringify(Buffer.from(value as Uint8Array).toString("base64"));
    case "string":
    case "integer":
    case "boolean":
      return JSON.stringify(value);
  }
}

function writeStructure(model: Model, shape: Shape, value: Record<string, unknown>): string {
  const written = bodyMembersOf(shape).map(
    ({ name, key, shapeName }) => key + write(model, shapeName, value[name]),
  );
  return `{${written.join(",")}}`;
}

interface BodyMember {
  readonly name: string;
  /** `"name":` */
  readonly key: string;
  readonly shapeName: string;
}

/** Sorted once for a shape, not once for each structure: a page of a search holds 50. */
const bodyMembers = new WeakMap<Shape, readonly BodyMember[]>();

/** The members of a structure that its JSON holds, in alphabetical order. */
function bodyMembersOf(shape: Shape): readonly BodyMember[] {
  const known = bodyMembers.get(shape);
  if (known !== undefined) return known;
  const members = Object.entries(shape.members ?? {})
    .filter(([, { location }]) => location === undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => ({ name, key: `"${name}":`, shapeName: member.shape }));
  bodyMembers.set(shape, members);
  return members;
}

function writeMap(model: Model, shape: Shape, value: Record<string, unknown>): string {
  const keys = Object.keys(value).toSorted();
  const entries = keys.map(
    (key) => `${JSON.stringify(key)}:${write(model, shape.value?.shape ?? "String", value[key])}`,
  );
  return `{${entries.join(",")}}`;
}

/** Java's `Double.toString` of whole milliseconds as seconds: one digit before the point. */
function writeTimestamp(date: Date): string {
  const milliseconds = date.getTime();
  if (milliseconds < 1e10) return String(milliseconds / 1000);
  const digits = String(milliseconds);
  const fraction = digits.slice(1).replace(/0+$/, "");
  return `${digits.charAt(0)}.${fraction === "" ? "0" : fraction}E${digits.length - 4}`;
}
