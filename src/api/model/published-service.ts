import type { NewMembers } from "../releases/behaviour.ts";
import type { Operation, Service, Shape } from "./service-shapes.ts";
import published from "./service-model.json" with { type: "json" };

/** What narrows the published model. */
export interface Overlay extends NewMembers {
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  readonly constraints?: Readonly<Record<string, { min?: number; max?: number; pattern?: string }>>;
  readonly errorsRemoved?: Readonly<Record<string, readonly string[]>>;
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

/** Every shape of the published model, of the newest release. */
export const PUBLISHED_SHAPES: Service["shapes"] = published.shapes as Shapes;

/** The published model without what a release does not have. */
export function narrowPublished(overlays: readonly Overlay[]): Service {
  const shapes: Shapes = { ...PUBLISHED_SHAPES };
  const all = Object.values(published.operations) as PublishedOperation[];
  for (const overlay of overlays) narrowShapes(shapes, all, overlay);
  return { operations: all.map((operation) => narrowOperation(operation, overlays)), shapes };
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
  const shape = shapeNamed(shapes, shapeName);
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
  const shape = shapeNamed(shapes, shapeName);
  const { [member]: dropped, ...members } = shape.members ?? {};
  if (dropped === undefined) throw new Error(`no member ${member} in ${shapeName}`);
  change(shapes, shapeName, { members });
}

function change(shapes: Shapes, name: string, changes: Partial<Mutable<Shape>>): void {
  shapes[name] = { ...shapeNamed(shapes, name), ...changes };
}

function shapeNamed(shapes: Shapes, name: string): Shape {
  const shape = shapes[name];
  if (shape === undefined) throw new Error(`no shape ${name} in the published model`);
  return shape;
}
