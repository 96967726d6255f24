import { DEFAULT_RELEASE, type ServiceRelease } from "../releases/service-release.ts";
import { missingMembers } from "../releases/behaviours.ts";
import { DEFAULT_SERVICE } from "./default-service.ts";
import { narrowPublished } from "./published-service.ts";
import type { Operation, Service, Shape } from "./service-shapes.ts";

export type { Member, Operation, Shape } from "./service-shapes.ts";

/**
 * The served service model: AWS's published one (API version 2023-07-19), narrowed to a release. Newer inputs are left
 * out, so they are ignored like any unknown member; newer outputs are left out, so they are never sent.
 */
export interface Model {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export function shapeOf(shapes: Model["shapes"], name: string): Shape {
  const shape = shapes[name];
  if (shape === undefined) throw new Error(`the service model has no shape ${name}`);
  return shape;
}

const toModel = ({ operations, shapes }: Service): Model => ({
  operations: new Map(operations.map((operation) => [operation.name, operation])),
  shapes,
});

export const model: Model = toModel(DEFAULT_SERVICE);

const models = new Map<ServiceRelease, Model>([[DEFAULT_RELEASE, model]]);

/** The model of a release. The published model is that of the newest, without what the emulator has in none. */
export function modelOf(release: ServiceRelease): Model {
  const known = models.get(release) ?? toModel(narrowPublished(missingMembers()));
  models.set(release, known);
  return known;
}
