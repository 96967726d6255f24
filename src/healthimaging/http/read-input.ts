import { isBase64 } from "../../api/base64.ts";
import { BODY_BOUNDS, isRecord, JsonExcess, parseBoundedJson } from "../../api/json.ts";
import { ServiceError } from "../../api/errors.ts";
import type { HttpRequest } from "../../api/http.ts";
import { shapeOf, type Member, type Model, type Operation, type Shape } from "../../api/model/model.ts";
import { isNewerMember, newerParameters } from "../../api/model/newer-members.ts";

/** Members as the model names them; timestamps as `Date`, blobs as bytes; unknown members removed. */
export type Input = Record<string, unknown>;

/**
 * Reads one operation's input from the labels of its path, the query, headers and the JSON body.
 * Assumed: ignored-body. A body that the operation does not have is ignored, and so is Content-Type.
 * @throws ServiceError SerializationException if the body is not JSON of the modelled types.
 */
export function readInput(
  model: Model,
  operation: Operation,
  labels: Readonly<Record<string, string>>,
  request: Pick<HttpRequest, "query" | "headers" | "scheme">,
  body: Uint8Array,
  onNewer: OnNewer = () => {},
): Input {
  const shape = shapeOf(model.shapes, operation.input);
  const members = Object.entries(shape.members ?? {});
  const hasBody = members.some(([, { location }]) => location === undefined);
  const json = hasBody ? parseBody(body) : undefined;
  const query = new URLSearchParams(request.query);
  const reading = { model, onNewer };
  if (request.query !== "") newerParameters(model, operation.input, query.keys()).forEach(onNewer);
  if (shape.payload === undefined && json !== undefined) tellNewer(reading, operation.input, json, "");
  const input: Input = {};
  for (const [name, member] of members) {
    const sources = { labels, query, request, headers: request.headers, json };
    const value = readMember(reading, shape, name, member, sources);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

/**
 * Called for each member that is ignored because the served release does not have it, with its path:
 * `filters.values.isPrimary`.
 */
export type OnNewer = (path: string) => void;

interface Reading {
  readonly model: Model;
  readonly onNewer: OnNewer;
}

/** @param path of the structure: empty, or with a dot at its end */
function tellNewer({ model, onNewer }: Reading, shapeName: string, value: object, path: string): void {
  const { members = {} } = shapeOf(model.shapes, shapeName);
  for (const [name, item] of Object.entries(value)) {
    const isKnown = Object.hasOwn(members, name) || item === null;
    if (!isKnown && isNewerMember(model, shapeName, name)) onNewer(path + name);
  }
}

interface Sources {
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: Pick<HttpRequest, "query" | "headers" | "scheme">;
  readonly headers: HttpRequest["headers"];
  /** Undefined if the request has no body. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

function readMember(reading: Reading, shape: Shape, name: string, member: Member, sources: Sources): unknown {
  const { location, locationName = name } = member;
  if (location === "uri") return sources.labels[locationName];
  if (location === "rawquery") return sources.request.query;
  if (location === "endpoint") return endpointOf(sources.request);
  if (location === "header") return sources.headers[locationName];
  if (location === "querystring") {
    return readQuery(shapeOf(reading.model.shapes, member.shape), sources.query.getAll(locationName));
  }
  if (shape.payload === name) {
    return sources.json === undefined ? undefined : convert(reading, member.shape, sources.json, name);
  }
  const value = own(sources.json ?? {}, name);
  return value === undefined || value === null ? undefined : convert(reading, member.shape, value, name);
}

const endpointOf = ({ scheme = "http", headers }: Sources["request"]): string =>
  `${scheme}://${headers["host"] ?? "localhost"}`;

function readQuery(shape: Shape, values: readonly string[]): unknown {
  // An absent list is an empty one: UntagResource without keys.
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
    value = parseBoundedJson(new TextDecoder("utf-8", { fatal: true }).decode(body), BODY_BOUNDS);
  } catch (cause) {
    const problem = cause instanceof JsonExcess ? cause.message : "is not valid JSON";
    throw new ServiceError("SerializationException", `The request body ${problem}`, { cause });
  }
  if (!isRecord(value)) throw mismatch(`${describeJsonValue(value)} found where not expected.`);
  return value;
}

function convert(reading: Reading, shapeName: string, value: unknown, path: string): unknown {
  const shape = shapeOf(reading.model.shapes, shapeName);
  if (shape.type === "structure") return convertStructure(reading, shapeName, value, path);
  if (shape.type === "map") return convertMap(reading, shape, value, path);
  if (shape.type === "list") return convertList(reading, shape, value, path);
  return convertScalar(shape, value);
}

function convertStructure(reading: Reading, shapeName: string, value: unknown, path: string): Input {
  if (!isRecord(value)) throw mismatch(`${describeJsonValue(value)} found where not expected.`);
  const structure: Input = {};
  tellNewer(reading, shapeName, value, `${path}.`);
  const { members = {} } = shapeOf(reading.model.shapes, shapeName);
  for (const [name, member] of Object.entries(members)) {
    const item = own(value, name);
    if (item === undefined || item === null) continue;
    structure[name] = convert(reading, member.shape, item, `${path}.${name}`);
  }
  return structure;
}

function convertMap(reading: Reading, shape: Shape, value: unknown, path: string): Input {
  if (!isRecord(value)) throw mismatch(`${describeJsonValue(value)} found where not expected.`);
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    convert(reading, shape.value?.shape ?? "String", item, path),
  ]);
  return Object.fromEntries(entries) as Input;
}

function convertList(reading: Reading, shape: Shape, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw mismatch(`${describeJsonValue(value)} found where not expected.`);
  return value.map((item) => convert(reading, shape.member?.shape ?? "String", item, path));
}

function convertScalar(shape: Shape, value: unknown): unknown {
  if (shape.type === "string" && typeof value === "string") return value;
  if (shape.type === "boolean" && typeof value === "boolean") return value;
  if (shape.type === "integer" && Number.isInteger(value)) return value;
  if (shape.type === "timestamp" && typeof value === "number") return readTimestamp(value);
  if (shape.type === "blob" && typeof value === "string") return readBlob(value);
  throw mismatch(
    `${describeJsonValue(value)} cannot be converted to ${TYPE_NAMES[shape.type] ?? shape.type}`,
  );
}

function readTimestamp(seconds: number): Date {
  const date = new Date(Math.round(seconds * 1000));
  if (Number.isNaN(date.getTime())) throw mismatch(`${seconds} is not a timestamp`);
  return date;
}

function readBlob(text: string): Uint8Array {
  if (!isBase64(text)) throw mismatch("A blob is not valid base64");
  return Buffer.from(text, "base64");
}

const TYPE_NAMES: Partial<Record<Shape["type"], string>> = {
  string: "String",
  boolean: "Boolean",
  integer: "Integer",
  timestamp: "Timestamp",
  blob: "Blob",
};

function describeJsonValue(value: unknown): string {
  if (Array.isArray(value)) return "Start of list";
  if (isRecord(value)) return "Start of structure or map";
  if (value === null) return "NULL_VALUE";
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  return typeof value === "number" ? "NUMBER_VALUE" : "STRING_VALUE";
}

const own = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/**
 * Assumed: serialization-messages. Those of AWS's other JSON services; HealthImaging's are not documented.
 */
const mismatch = (message: string): ServiceError => new ServiceError("SerializationException", message);
