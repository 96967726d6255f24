import type { Readable } from "node:stream";
import type { RestoreReport, SaveOptions, SnapshotSummary } from "../../../domain/snapshot.ts";
import { NOTHING, ok, type Handlers } from "../handler.ts";
import { isOn } from "../read-values.ts";

/** The actions on snapshots; each throws SnapshotError. */
export interface SnapshotParts {
  list(): Promise<readonly SnapshotSummary[]>;
  find(name: string): Promise<SnapshotSummary>;
  save(name: string, options: SaveOptions): Promise<SnapshotSummary>;
  restore(name: string): Promise<RestoreReport>;
  remove(name: string): Promise<void>;
  export(name: string): Promise<Readable>;
  import(name: string, bytes: AsyncIterable<Uint8Array>, replace: boolean): Promise<SnapshotSummary>;
}

type SnapshotOperation =
  | "listSnapshots"
  | "readSnapshot"
  | "saveSnapshot"
  | "removeSnapshot"
  | "restoreSnapshot"
  | "exportSnapshot"
  | "importSnapshot";

export const snapshotHandlers = (snapshots: SnapshotParts): Handlers<SnapshotOperation> => ({
  listSnapshots: async () => ok({ snapshots: await snapshots.list() }),
  readSnapshot: async ({ params: { name } }) => ok(await snapshots.find(name)),
  saveSnapshot: async ({ params: { name }, body }) => ({
    status: 201,
    body: await snapshots.save(name, body),
  }),
  removeSnapshot: async ({ params: { name } }) => {
    await snapshots.remove(name);
    return NOTHING;
  },
  restoreSnapshot: async ({ params: { name } }) => ok(await snapshots.restore(name)),
  exportSnapshot: async ({ params: { name } }) => ok(await snapshots.export(name)),
  importSnapshot: async ({ params: { name }, query: { replace }, request }) => ({
    status: 201,
    body: await snapshots.import(name, request.body, isOn(replace)),
  }),
});
