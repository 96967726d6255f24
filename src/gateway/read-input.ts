import { ServiceError } from "../api/errors.ts";
import type { HttpRequest } from "../api/http.ts";
import { shapeOf, type Member, type Model, type Operation, type Shape } from "../api/model.ts";

/** Members as the model names them; timestamps as `Date`, blobs as bytes; unknown members gone. */
export type Input = Record<string, unknown>;

/**
 * Reads one operation's input from the labels of its path, the query, headers and the JSON body; a
 * body that the operation does not have is ignored, and so is the body's Content-Type (both Assumed).
 * @throws ServiceError SerializationException where the body is no JSON of the modelled types.
 */
export function readInput(
  model: Model,
  operation: Operation,
  labels: Readonly<Record<string, string>>,
  request: Pick<HttpRequest, "query" | "headers">,
  body: Uint8Array,
): Input {
  const shape = shapeOf(model.shapes, operation.input);
  const members = Object.entries(shape.members ?? {});
  const hasBody = members.some(([, { location }]) => location === undefined);
  const json = hasBody ? parseBody(body) : undefined;
  const query = new URLSearchParams(request.query);
  const input: Input = {};
  for (const [name, member] of members) {
    const value = readMember(model, shape, name, member, { labels, query, headers: request.headers, json });
    if (value !== undefined) input[name] = value;
  }
  return input;
}

interface Sources {
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: HttpRequest["headers"];
  /** Undefined where the request has no body. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

function readMember(model: Model, shape: Shape, name: string, member: Member, sources: Sources): unknown {
  const { location, locationName = name } = member;
  if (location === "uri") return sources.labels[locationName];
  if (location === "header") return sources.headers[locationName];
  if (location === "querystring") {
    return readQuery(shapeOf(model.shapes, member.shape), sources.query.getAll(locationName));
  }
  if (shape.payload === name) {
    return sources.json === undefined ? undefined : convert(model, member.shape, sources.json);
  }
  const value = own(sources.json ?? {}, name);
  return value === undefined || value === null ? undefined : convert(model, member.shape, value);
}

function readQuery(shape: Shape, values: readonly string[]): unknown {
  // A list that is not there is an empty one: UntagResource without keys.
  if (shape.type === "list") return values;
  const [first] = values;
  if (first === undefined) return undefined;
  if (shape.type === "integer") {
    if (!/^-?\d{1,10}$/.test(first)) throw mismatch("STRING_VALUE cannot be converted to Integer");
    return Number(first);
  }
  if (shape.type === "boolean") return first === "true";
  return first;
}

function parseBody(body: Uint8Array): Record<string, unknown> | undefined {
  if (body.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new ServiceError("SerializationException", "The request body is not valid JSON", { cause });
  }
  if (!isObject(value)) throw mismatch(`${describe(value)} found where not expected.`);
  return value;
}

function convert(model: Model, shapeName: string, value: unknown): unknown {
  const shape = shapeOf(model.shapes, shapeName);
  if (shape.type === "structure") return convertStructure(model, shape, value);
  if (shape.type === "map") return convertMap(model, shape, value);
  if (shape.type === "list") return convertList(model, shape, value);
  return convertScalar(shape, value);
}

function convertStructure(model: Model, shape: Shape, value: unknown): Input {
  if (!isObject(value)) throw mismatch(`${describe(value)} found where not expected.`);
  const structure: Input = {};
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const item = own(value, name);
    if (item !== undefined && item !== null) structure[name] = convert(model, member.shape, item);
  }
  return structure;
}

function convertMap(model: Model, shape: Shape, value: unknown): Input {
  if (!isObject(value)) throw mismatch(`${describe(value)} found where not expected.`);
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    convert(model, shape.value?.shape ?? "String", item),
  ]);
  return Object.fromEntries(entries) as Input;
}

function convertList(model: Model, shape: Shape, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw mismatch(`${describe(value)} found where not expected.`);
  return value.map((item) => convert(model, shape.member?.shape ?? "String", item));
}

function convertScalar(shape: Shape, value: unknown): unknown {
  if (shape.type === "string" && typeof value === "string") return value;
  if (shape.type === "boolean" && typeof value === "boolean") return value;
  if (shape.type === "integer" && Number.isInteger(value)) return value;
  if (shape.type === "timestamp" && typeof value === "number") return readTimestamp(value);
  if (shape.type === "blob" && typeof value === "string") return readBlob(value);
  throw mismatch(`${describe(value)} cannot be converted to ${TYPE_NAMES[shape.type] ?? shape.type}`);
}

function readTimestamp(seconds: number): Date {
  const date = new Date(Math.round(seconds * 1000));
  if (Number.isNaN(date.getTime())) throw mismatch(`${seconds} is no timestamp`);
  return date;
}

function readBlob(text: string): Uint8Array {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  if (!isBase64) throw mismatch("A blob is not valid base64");
  return Buffer.from(text, "base64");
}

const TYPE_NAMES: Partial<Record<Shape["type"], string>> = {
  string: "String",
  boolean: "Boolean",
  integer: "Integer",
  timestamp: "Timestamp",
  blob: "Blob",
};

function describe(value: unknown): string {
  if (Array.isArray(value)) return "Start of list";
  if (isObject(value)) return "Start of structure or map";
  if (value === null) return "NULL_VALUE";
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  return typeof value === "number" ? "NUMBER_VALUE" : "STRING_VALUE";
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const own = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** Assumed: the texts that AWS's other JSON services send; HealthImaging's own are not documented. */
const mismatch = (message: string): ServiceError => new ServiceError("SerializationException", message);
