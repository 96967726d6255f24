import * as z from "zod/mini";
import { described, named, route } from "./control-route.ts";
import { bool, count, nameParam, Timestamp } from "./shapes.ts";

const NAME = {
  name: "NAME",
  to: "params.name" as const,
  reads: "snapshot" as const,
  summary: "up to 64 letters, digits, - _ and .",
};
const GZIP = "application/gzip";

const SnapshotSummary = named(
  "SnapshotSummary",
  z.object({
    name: z.string(),
    savedAt: Timestamp,
    datastores: count(),
    importJobs: count(),
    imageSets: count(),
    blobs: described("frames and metadata documents", count()),
    buckets: described("null where the snapshot has no buckets", z.nullable(count())),
  }),
);

const SaveOptions = named(
  "SaveOptions",
  z.strictObject({
    buckets: z.optional(described("all buckets too, with what is in them", bool())),
    force: z.optional(
      described("also with import jobs in progress: they begin again when it is restored", bool()),
    ),
    replace: z.optional(described("the snapshot of that name, if there is one", bool())),
  }),
);

const RestoreReport = named(
  "RestoreReport",
  z.object({
    epoch: described("how many resets and restores this data folder has seen", count()),
    cancelledJobs: described("import jobs that had not ended", count()),
    buckets: z.optional(
      described(
        "where the snapshot has buckets",
        z.object({
          placed: z.readonly(z.array(z.string())),
          kept: described("mounts: they stay as they are", z.readonly(z.array(z.string()))),
        }),
      ),
    ),
  }),
);

export const listSnapshots = route({
  method: "GET",
  path: "/_local/snapshots",
  summary: "Lists all snapshots, with what is in them.",
  answers: { 200: named("SnapshotsAnswer", z.object({ snapshots: z.readonly(z.array(SnapshotSummary)) })) },
  commands: [{ words: "snapshot list", summary: "list them", isDefault: true, examples: ["snapshot list"] }],
});

export const readSnapshot = route({
  method: "GET",
  path: "/_local/snapshots/{name}",
  summary: "Shows what is in a snapshot.",
  params: nameParam,
  answers: { 200: SnapshotSummary },
  errors: ["InvalidSnapshot", "SnapshotNotFound"],
});

export const saveSnapshot = route({
  method: "PUT",
  path: "/_local/snapshots/{name}",
  summary: "Saves the current data under a name.",
  params: nameParam,
  noun: "option of a snapshot",
  body: { kind: "json", schema: SaveOptions, isOptional: true },
  example: { buckets: true },
  answers: { 201: SnapshotSummary },
  errors: ["InvalidSnapshot", "SnapshotConflict", "SnapshotTooLarge"],
  commands: [
    {
      words: "snapshot save",
      summary: "save the current data under a name",
      arguments: [NAME],
      flags: [
        { flag: "buckets", to: "body.buckets", summary: "all buckets too" },
        { flag: "force", to: "body.force", summary: "also with import jobs in progress" },
        { flag: "replace", to: "body.replace", summary: "replace the snapshot of that name" },
      ],
      examples: ["snapshot save demo", "snapshot save demo --buckets --replace"],
    },
  ],
});

export const removeSnapshot = route({
  method: "DELETE",
  path: "/_local/snapshots/{name}",
  summary: "Removes a snapshot.",
  params: nameParam,
  answers: { 204: null },
  errors: ["InvalidSnapshot", "SnapshotNotFound"],
  commands: [
    {
      words: "snapshot remove",
      summary: "remove one",
      arguments: [NAME],
      examples: ["snapshot remove demo"],
    },
  ],
});

export const restoreSnapshot = route({
  method: "POST",
  path: "/_local/snapshots/{name}/restore",
  summary: "Replaces the current data by a snapshot; import jobs are cancelled.",
  params: nameParam,
  answers: { 200: RestoreReport },
  errors: ["InvalidSnapshot", "SnapshotNotFound", "SnapshotTooLarge"],
  commands: [
    {
      words: "snapshot restore",
      summary: "replace the current data by one",
      arguments: [NAME],
      examples: ["snapshot restore demo"],
    },
  ],
});

export const exportSnapshot = route({
  method: "GET",
  path: "/_local/snapshots/{name}/file",
  summary: "Sends a snapshot as one file, the same bytes for the same content.",
  params: nameParam,
  answers: { 200: { media: GZIP } },
  errors: ["InvalidSnapshot", "SnapshotNotFound"],
  commands: [
    {
      words: "snapshot export",
      summary: "write one to a file",
      arguments: [NAME, { name: "FILE", reads: "newFile", summary: "where to write it: demo.tar.gz" }],
      examples: ["snapshot export demo demo.tar.gz"],
    },
  ],
});

export const importSnapshot = route({
  method: "PUT",
  path: "/_local/snapshots/{name}/file",
  summary: "Keeps such a file as a snapshot; nothing is restored.",
  params: nameParam,
  query: z.strictObject({ replace: z.optional(described("1 replaces a snapshot of that name", z.string())) }),
  body: { kind: "file", media: GZIP },
  answers: { 201: SnapshotSummary },
  errors: ["InvalidSnapshot", "SnapshotConflict", "SnapshotTooLarge"],
  commands: [
    {
      words: "snapshot import",
      summary: "keep a file as a snapshot",
      arguments: [{ name: "FILE", to: "body", reads: "file", summary: "that export has written" }],
      flags: [
        {
          flag: "name",
          value: "NAME",
          to: "params.name",
          reads: "snapshot",
          summary: "the file's name where left out",
        },
        { flag: "replace", to: "query.replace", summary: "replace the snapshot of that name" },
      ],
      examples: ["snapshot import demo.tar.gz", "snapshot import demo.tar.gz --name monday --replace"],
    },
  ],
});
