import { ServiceError } from "../../api/errors.ts";
import { shapeOf, type Model, type Shape } from "../../api/model/model.ts";
import type { Input } from "./read-input.ts";

/** The allowed bytes of a blob shape, by its name, if that is more than the model allows. */
export type RaisedBound = (shapeName: string) => number | undefined;

/**
 * Checks an input against the model's constraints.
 * @throws ServiceError ValidationException in the service's form (facts: errors#validation-messages): each
 * violation as `Value 'x' at 'path' failed to satisfy constraint: Member must ...`.
 */
export function validate(
  model: Model,
  shapeName: string,
  input: Input,
  raisedBound: RaisedBound = () => undefined,
): void {
  const violations = new Violations();
  visit({ model, raisedBound, violations }, shapeName, input, "", false);
  const { count, told } = violations;
  if (count === 0) return;
  const errors = count === 1 ? "1 validation error" : `${count} validation errors`;
  const tell = (texts: readonly string[]): string => `${errors} detected: ${texts.join("; ")}`;
  throw new ServiceError("ValidationException", tell(told.map(({ text }) => text)), {
    logged: { message: tell(told.map(({ hidden }) => hidden)) },
  });
}

/** Assumed: told-violations. All are counted, the first 20 are listed. */
const MAX_TOLD = 20;

/** Counts all violations, and formats only the first ones: a message never grows with its request. */
class Violations {
  readonly told: Violation[] = [];
  count = 0;

  add(value: unknown, path: string, isHidden: boolean, constraint: string): void {
    this.count += 1;
    if (this.told.length < MAX_TOLD) this.told.push(violation(value, path, isHidden, constraint));
  }
}

interface Visit {
  readonly model: Model;
  readonly raisedBound: RaisedBound;
  readonly violations: Violations;
}

interface Violation {
  readonly text: string;
  /** Without the value. */
  readonly hidden: string;
}

function visit(to: Visit, shapeName: string, value: unknown, path: string, isHidden: boolean): void {
  const shape = raise(to, shapeName, shapeOf(to.model.shapes, shapeName));
  const hidden = isHidden || shape.sensitive === true;
  const constraints = violationsOf(shape, value);
  for (const constraint of constraints) to.violations.add(value, path, hidden, constraint);
  if (shape.type === "structure") visitStructure(to, shape, value as Input, path, hidden);
  if (shape.type === "list") visitList(to, shape, value as readonly unknown[], path, hidden);
  if (shape.type === "map") visitMap(to, shape, value as Input, path, hidden);
}

function raise({ raisedBound }: Visit, shapeName: string, shape: Shape): Shape {
  const bound = shape.type === "blob" ? raisedBound(shapeName) : undefined;
  return bound === undefined ? shape : { ...shape, max: Math.max(bound, shape.max ?? 0) };
}

function visitStructure(to: Visit, shape: Shape, value: Input, path: string, hidden: boolean): void {
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const at = path === "" ? name : `${path}.${name}`;
    if (value[name] !== undefined) visit(to, member.shape, value[name], at, hidden);
    else if (shape.required?.includes(name)) {
      to.violations.add(null, at, false, "Member must not be null");
    }
  }
}

/** Assumed: items-beyond-bound. Items of a list that is too long are not checked. */
function visitList(to: Visit, shape: Shape, value: readonly unknown[], path: string, hidden: boolean): void {
  for (const [index, item] of value.slice(0, shape.max).entries()) {
    visit(to, shape.member?.shape ?? "String", item, `${path}.${index + 1}.member`, hidden);
  }
}

/**
 * All maps of the model are from string to string.
 * Assumed: map-violations. Coral names the map, not the key or value at fault.
 */
function visitMap(to: Visit, shape: Shape, value: Input, path: string, hidden: boolean): void {
  const parts = [
    ["keys", shape.key?.shape, Object.keys(value)],
    ["value", shape.value?.shape, Object.values(value)],
  ] as const;
  for (const [part, name = "String", strings] of parts) {
    const member = shapeOf(to.model.shapes, name);
    if (strings.every((text) => violationsOfString(member, String(text)).length === 0)) continue;
    const constraint = `Map ${part} must satisfy constraint: [${constraintsOf(member).join(", ")}]`;
    to.violations.add(new MapValue(value), path, hidden || member.sensitive === true, constraint);
  }
}

/** Printed as Java prints a map. */
class MapValue {
  readonly #map: Input;

  constructor(map: Input) {
    this.#map = map;
  }

  toString(): string {
    const entries = Object.entries(this.#map).map(([key, value]) => `${key}=${String(value)}`);
    return `{${entries.join(", ")}}`;
  }
}

/** All constraints of a string, in Coral's order. */
function constraintsOf({ min, max, pattern, enum: values }: Shape): string[] {
  const constraints: string[] = [];
  if (max !== undefined) constraints.push(atMost(max));
  if (min !== undefined) constraints.push(atLeast(min));
  if (pattern !== undefined) constraints.push(ofPattern(pattern));
  if (values !== undefined) constraints.push(ofValues(values));
  return constraints;
}

function violationsOf(shape: Shape, value: unknown): string[] {
  if (shape.type === "string") return violationsOfString(shape, String(value));
  if (shape.type === "blob") return lengthViolations(shape, (value as Uint8Array).length);
  if (shape.type === "list") return lengthViolations(shape, (value as readonly unknown[]).length);
  if (shape.type === "integer") return rangeViolations(shape, value as number);
  if (shape.union === true && Object.keys(value as Input).length !== 1) {
    return ["Member must have exactly one of its members set"];
  }
  return [];
}

function violationsOfString(shape: Shape, value: string): string[] {
  const found = lengthViolations(shape, value.length);
  if (shape.pattern !== undefined && !matches(shape.pattern, value)) {
    found.push(ofPattern(shape.pattern));
  }
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    found.push(ofValues(shape.enum));
  }
  return found;
}

/** Assumed: length-units. A string's length is counted in UTF-16 units, as Java counts. */
function lengthViolations({ min, max }: Shape, length: number): string[] {
  if (min !== undefined && length < min) return [atLeast(min)];
  if (max !== undefined && length > max) return [atMost(max)];
  return [];
}

function rangeViolations({ min, max }: Shape, value: number): string[] {
  if (min !== undefined && value < min) return [`Member must have value greater than or equal to ${min}`];
  if (max !== undefined && value > max) return [`Member must have value less than or equal to ${max}`];
  return [];
}

const atLeast = (min: number): string => `Member must have length greater than or equal to ${min}`;
const atMost = (max: number): string => `Member must have length less than or equal to ${max}`;
const ofPattern = (pattern: string): string => `Member must satisfy regular expression pattern: ${pattern}`;
const ofValues = (values: readonly string[]): string =>
  `Member must satisfy enum value set: [${values.join(", ")}]`;

function violation(value: unknown, path: string, isHidden: boolean, constraint: string): Violation {
  const tell = (printed: string): string =>
    `Value${printed} at '${path}' failed to satisfy constraint: ${constraint}`;
  const hidden = tell("");
  return { text: isHidden ? hidden : tell(` ${print(value)}`), hidden };
}

const MAX_PRINTED_LENGTH = 1024;

function print(value: unknown): string {
  if (value === null) return "null";
  if (value instanceof Uint8Array) return `of ${value.length} bytes`;
  const text = typeof value === "string" || value instanceof MapValue ? String(value) : JSON.stringify(value);
  return `'${text.length > MAX_PRINTED_LENGTH ? `${text.slice(0, MAX_PRINTED_LENGTH)}...` : text}'`;
}

/**
 * Patterns of the model with a repetition in a repetition, for which a match takes exponential time, and patterns that match
 * the same strings in linear time.
 */
export const LINEAR_PATTERNS: ReadonlyMap<string, string> = new Map([
  ["[a-zA-Z0-9!-~]+([a-zA-Z0-9!-~ ]*[a-zA-Z0-9!-~]+)*", "[!-~](?:[ -~]*[!-~])?"],
]);

const compiled = new Map<string, RegExp>();

function matches(pattern: string, value: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^(?:${LINEAR_PATTERNS.get(pattern) ?? pattern})$`, "u");
    compiled.set(pattern, expression);
  }
  return expression.test(value);
}
