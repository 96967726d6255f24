import { DEFAULT_RELEASE, type ServiceRelease } from "../releases/service-release.ts";
import { overlaysOf, type Overlay } from "./overlays.ts";
import published from "./service-model.json" with { type: "json" };

/**
 * The served service model: AWS's published one (API version 2023-07-19), narrowed to a release. Newer inputs are left
 * out, so they are ignored like any unknown member; newer outputs are left out, so they are never sent.
 */
export interface Model {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface Operation {
  readonly name: string;
  readonly method: string;
  /** With labels: `/datastore/{datastoreId}`. */
  readonly requestUri: string;
  readonly input: string;
  readonly output: string;
  readonly errors: readonly string[];
  /** Changes nothing (the model's `readonly` trait, and SearchImageSets, which lacks it). */
  readonly isReadOnly: boolean;
  /** The prefix of the operation's host on AWS: `runtime-`, `dicom-`, or none. */
  readonly hostPrefix: string | undefined;
  /** HEAD is answered as GET, without the body. */
  readonly answersHead?: true;
}

export interface Shape {
  readonly type: "structure" | "list" | "map" | "string" | "integer" | "boolean" | "timestamp" | "blob";
  readonly members?: Readonly<Record<string, Member>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  /** Counts characters of strings, bytes of blobs, items of lists; for integers the value. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** Exactly one member is set. */
  readonly union?: boolean;
  readonly sensitive?: boolean;
  /** The member that is the entire HTTP body. */
  readonly payload?: string;
}

export interface Member {
  readonly shape: string;
  /**
   * Of DICOMweb: `rawquery` is the whole query as it was sent, `endpoint` where the client has sent the request:
   * `http://localhost:4464`.
   */
  readonly location?: "uri" | "querystring" | "header" | "rawquery" | "endpoint";
  readonly locationName?: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Shapes = Record<string, Shape>;
type PublishedOperation = {
  name: string;
  http: { method: string; requestUri: string };
  input: { shape: string };
  output: { shape: string };
  errors: { shape: string }[];
  readonly?: boolean;
  endpoint?: { hostPrefix?: string };
};

export function shapeOf(shapes: Model["shapes"], name: string): Shape {
  const shape = shapes[name];
  if (shape === undefined) throw new Error(`the service model has no shape ${name}`);
  return shape;
}

const models = new Map<ServiceRelease, Model>();

/** The model of a release. */
export function modelOf(release: ServiceRelease): Model {
  const known = models.get(release) ?? narrow(overlaysOf(release));
  models.set(release, known);
  return known;
}

export const model: Model = modelOf(DEFAULT_RELEASE);

function narrow(overlays: readonly Overlay[]): Model {
  const shapes: Shapes = { ...(published.shapes as Shapes) };
  const all = Object.values(published.operations) as PublishedOperation[];
  for (const overlay of overlays) narrowShapes(shapes, all, overlay);
  const operations = all.map((operation) => [operation.name, narrowOperation(operation, overlays)] as const);
  return { operations: new Map(operations), shapes };
}

function narrowShapes(shapes: Shapes, operations: readonly PublishedOperation[], overlay: Overlay): void {
  const { inputsIgnored = {}, outputsNeverSent = {}, enums = {}, constraints = {} } = overlay;
  for (const [name, members] of Object.entries(outputsNeverSent)) {
    for (const member of members) dropMember(shapes, name, member);
  }
  for (const [name, values] of Object.entries(enums)) change(shapes, name, { enum: values });
  for (const [name, limits] of Object.entries(constraints)) change(shapes, name, limits);
  for (const { name, input } of operations) {
    for (const path of inputsIgnored[name] ?? []) dropPath(shapes, input.shape, path.split("."));
  }
}

function narrowOperation(operation: PublishedOperation, overlays: readonly Overlay[]): Operation {
  const removed = new Set(overlays.flatMap(({ errorsRemoved = {} }) => errorsRemoved[operation.name] ?? []));
  return {
    name: operation.name,
    method: operation.http.method,
    requestUri: operation.http.requestUri,
    input: operation.input.shape,
    output: operation.output.shape,
    errors: operation.errors.map(({ shape }) => shape).filter((error) => !removed.has(error)),
    hostPrefix: operation.endpoint?.hostPrefix,
    isReadOnly: operation.readonly === true || operation.name === "SearchImageSets",
  };
}

/** Follows `path` from an input shape, through payloads and lists, and removes the last member. */
function dropPath(shapes: Shapes, shapeName: string, path: readonly string[]): void {
  const shape = shapeOf(shapes, shapeName);
  if (shape.type === "list" && shape.member) return dropPath(shapes, shape.member.shape, path);
  const [head = "", ...rest] = path;
  const member = shape.members?.[head];
  if (member !== undefined) {
    return rest.length === 0 ? dropMember(shapes, shapeName, head) : dropPath(shapes, member.shape, rest);
  }
  const payload = shape.payload === undefined ? undefined : shape.members?.[shape.payload];
  if (payload === undefined) throw new Error(`no member ${path.join(".")} in ${shapeName}`);
  dropPath(shapes, payload.shape, path);
}

function dropMember(shapes: Shapes, shapeName: string, member: string): void {
  const shape = shapeOf(shapes, shapeName);
  const { [member]: dropped, ...members } = shape.members ?? {};
  if (dropped === undefined) throw new Error(`no member ${member} in ${shapeName}`);
  change(shapes, shapeName, { members });
}

function change(shapes: Shapes, name: string, changes: Partial<Mutable<Shape>>): void {
  shapes[name] = { ...shapeOf(shapes, name), ...changes };
}
