import * as z from "zod/mini";
import { DEFAULT_RELEASE, SERVICE_RELEASES } from "../../../api/releases/service-release.ts";
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
    serviceRelease: z.optional(
      described(
        `the release that it was saved with; left out for ${DEFAULT_RELEASE}`,
        z.enum(SERVICE_RELEASES),
      ),
    ),
    savedAt: Timestamp,
    datastores: count(),
    importJobs: count(),
    imageSets: count(),
    blobs: described("frames and metadata documents", count()),
    buckets: described("null if the snapshot has no buckets", z.nullable(count())),
  }),
);

const SaveOptions = named(
  "SaveOptions",
  z.strictObject({
    buckets: z.optional(described("also save all buckets with their objects", bool())),
    force: z.optional(
      described(
        "save although import jobs are in progress: they restart when the snapshot is restored",
        bool(),
      ),
    ),
    replace: z.optional(described("replace an existing snapshot of that name", bool())),
  }),
);

const RestoreReport = named(
  "RestoreReport",
  z.object({
    epoch: described("number of resets and restores of this data folder", count()),
    cancelledJobs: described("number of cancelled import jobs", count()),
    buckets: z.optional(
      described(
        "present if the snapshot has buckets",
        z.object({
          placed: z.readonly(z.array(z.string())),
          kept: described("buckets that are mounts, which do not change", z.readonly(z.array(z.string()))),
        }),
      ),
    ),
  }),
);

export const listSnapshots = route({
  method: "GET",
  path: "/_local/snapshots",
  summary: "Lists all snapshots with their contents.",
  answers: { 200: named("SnapshotsAnswer", z.object({ snapshots: z.readonly(z.array(SnapshotSummary)) })) },
  commands: [
    { words: "snapshot list", summary: "list snapshots", isDefault: true, examples: ["snapshot list"] },
  ],
});

export const readSnapshot = route({
  method: "GET",
  path: "/_local/snapshots/{name}",
  summary: "Shows the contents of a snapshot.",
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
  body: { kind: "json", schema: SaveOptions },
  example: { buckets: true },
  answers: { 201: SnapshotSummary },
  errors: ["InvalidSnapshot", "SnapshotConflict", "SnapshotTooLarge"],
  commands: [
    {
      words: "snapshot save",
      summary: "save the current data under a name",
      arguments: [NAME],
      flags: [
        { flag: "buckets", to: "body.buckets", summary: "also save all buckets with their objects" },
        { flag: "force", to: "body.force", summary: "save although import jobs are in progress" },
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
      summary: "remove a snapshot",
      arguments: [NAME],
      examples: ["snapshot remove demo"],
    },
  ],
});

export const restoreSnapshot = route({
  method: "POST",
  path: "/_local/snapshots/{name}/restore",
  summary: "Replaces the current data with a snapshot. Import jobs are cancelled.",
  params: nameParam,
  answers: { 200: RestoreReport },
  errors: ["InvalidSnapshot", "SnapshotConflict", "SnapshotNotFound", "SnapshotTooLarge"],
  commands: [
    {
      words: "snapshot restore",
      summary: "replace the current data with a snapshot",
      arguments: [NAME],
      examples: ["snapshot restore demo"],
    },
  ],
});

export const exportSnapshot = route({
  method: "GET",
  path: "/_local/snapshots/{name}/file",
  summary: "Returns a snapshot as one file. The same content gives the same bytes.",
  params: nameParam,
  answers: { 200: { media: GZIP } },
  errors: ["InvalidSnapshot", "SnapshotNotFound"],
  commands: [
    {
      words: "snapshot export",
      summary: "write a snapshot to a file",
      arguments: [NAME, { name: "FILE", reads: "newFile", summary: "where to write it: demo.tar.gz" }],
      examples: ["snapshot export demo demo.tar.gz"],
    },
  ],
});

export const importSnapshot = route({
  method: "PUT",
  path: "/_local/snapshots/{name}/file",
  summary: "Stores an exported file as a snapshot. Nothing is restored.",
  params: nameParam,
  query: z.strictObject({ replace: z.optional(described("1 replaces a snapshot of that name", z.string())) }),
  body: { kind: "file", media: GZIP },
  answers: { 201: SnapshotSummary },
  errors: ["InvalidSnapshot", "SnapshotConflict", "SnapshotTooLarge"],
  commands: [
    {
      words: "snapshot import",
      summary: "store an exported file as a snapshot",
      arguments: [{ name: "FILE", to: "body", reads: "file", summary: "a file that export wrote" }],
      flags: [
        {
          flag: "name",
          value: "NAME",
          to: "params.name",
          reads: "snapshot",
          summary: "default: the name of the file",
        },
        { flag: "replace", to: "query.replace", summary: "replace the snapshot of that name" },
      ],
      examples: ["snapshot import demo.tar.gz", "snapshot import demo.tar.gz --name monday --replace"],
    },
  ],
});
