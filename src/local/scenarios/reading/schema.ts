import { isRecord } from "../../../api/json.ts";
import { closest } from "../../../domain/closest.ts";

/**
 * The subset of JSON Schema (2020-12) that describes scenarios: the published schema is the one that is
 * checked.
 */
export interface Schema {
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Objects have no members besides `properties`. */
  readonly additionalProperties?: false;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Alternatives, distinguished by their types. */
  readonly anyOf?: readonly Schema[];
}

/** A problem at one place of a scenario. */
export interface Problem {
  /** A JSON pointer (RFC 6901); empty for the root. */
  readonly pointer: string;
  readonly message: string;
  readonly hint?: string;
}

/** All problems of a value, from top to bottom; empty if it satisfies the schema. */
export function check(schema: Schema, value: unknown, pointer = ""): Problem[] {
  if (schema.anyOf !== undefined) return checkAny(schema.anyOf, value, pointer);
  if (schema.type !== undefined && !isOfType(schema.type, value)) {
    return [{ pointer, message: `expected ${typeNameOf(schema)}, got ${show(value)}` }];
  }
  if (Array.isArray(value)) return checkList(schema, value, pointer);
  if (isRecord(value)) return checkObject(schema, value, pointer);
  return checkScalar(schema, value, pointer);
}

/** The pointer of a member or an item. */
export const pointTo = (pointer: string, name: string | number): string =>
  `${pointer}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;

function checkAny(alternatives: readonly Schema[], value: unknown, pointer: string): Problem[] {
  const meant = alternatives.filter(({ type }) => type === undefined || isOfType(type, value));
  if (meant.length === 0) {
    return [
      { pointer, message: `expected ${alternatives.map(typeNameOf).join(" or ")}, got ${show(value)}` },
    ];
  }
  const found = meant.map((schema) => check(schema, value, pointer));
  return found.find((problems) => problems.length === 0) ?? found[0] ?? [];
}

function checkList(schema: Schema, value: readonly unknown[], pointer: string): Problem[] {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  const wanted = value.length < minItems ? `at least ${minItems}` : `at most ${maxItems}`;
  const isLong = value.length >= minItems && value.length <= maxItems;
  const problems = isLong ? [] : [{ pointer, message: `expected ${wanted} items, got ${value.length}` }];
  if (items === undefined || !isLong) return problems;
  return value.flatMap((item, index) => check(items, item, pointTo(pointer, index)));
}

function checkObject(schema: Schema, value: Readonly<Record<string, unknown>>, pointer: string): Problem[] {
  const { properties = {}, required = [], minProperties = 0, maxProperties = Infinity } = schema;
  const known = Object.keys(properties);
  const names = Object.keys(value);
  const problems: Problem[] = [];
  for (const name of required) {
    if (!Object.hasOwn(value, name))
      problems.push({ pointer, message: `${JSON.stringify(name)} is missing` });
  }
  for (const name of names) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property !== undefined) problems.push(...check(property, value[name], pointTo(pointer, name)));
    else if (schema.additionalProperties === false) problems.push(unknownName(name, known, pointer));
  }
  if (problems.length === 0 && (names.length < minProperties || names.length > maxProperties)) {
    const wanted = minProperties === maxProperties ? "exactly one" : "at least one";
    problems.push({ pointer, message: `expected ${wanted} of ${known.join(", ")}, got ${names.length}` });
  }
  return problems;
}

function unknownName(name: string, known: readonly string[], pointer: string): Problem {
  const message = `unknown key ${JSON.stringify(name)}`;
  return { pointer: pointTo(pointer, name), message, hint: suggest(name, known) };
}

/** The intended name, or the known ones. */
export function suggest(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return meant === undefined ? `one of ${known.join(", ")}` : `did you mean ${JSON.stringify(meant)}?`;
}

function checkScalar(schema: Schema, value: unknown, pointer: string): Problem[] {
  const { pattern, maxLength = Infinity, minimum = -Infinity, maximum = Infinity } = schema;
  if (typeof value === "string") {
    if (schema.enum !== undefined && !schema.enum.includes(value)) {
      return [{ pointer, message: `unknown value ${show(value)}`, hint: suggest(value, schema.enum) }];
    }
    if (value.length > maxLength) {
      return [{ pointer, message: `expected at most ${maxLength} characters, got ${value.length}` }];
    }
    if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) {
      return [{ pointer, message: `expected ${typeNameOf(schema)}, got ${show(value)}` }];
    }
  }
  if (typeof value === "number" && (value < minimum || value > maximum)) {
    const wanted = value < minimum ? `at least ${minimum}` : `at most ${maximum}`;
    return [{ pointer, message: `expected ${wanted}, got ${value}` }];
  }
  return [];
}

function isOfType(type: NonNullable<Schema["type"]>, value: unknown): boolean {
  switch (type) {
    case "object":
      return isRecord(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return Number.isFinite(value);
    case "string":
    case "boolean":
      return typeof value === type;
  }
}

const typeNameOf = ({ type, description, pattern }: Schema): string =>
  pattern !== undefined && description !== undefined ? description : (NAMES[type ?? ""] ?? "another value");

const NAMES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
};

/** Truncated. */
function show(value: unknown): string {
  // JSON has no NaN and no infinity.
  const text = typeof value === "number" ? String(value) : (toJson(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** In YAML a list can contain itself. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return "a value that contains itself";
  }
}
