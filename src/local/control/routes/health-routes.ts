import * as z from "zod/mini";
import { SERVICE_RELEASES } from "../../../api/releases/service-release.ts";
import { described, named, route } from "./control-route.ts";
import { count, Timestamp } from "./shapes.ts";

const PartHealth = named(
  "PartHealth",
  z.object({
    status: z.enum(["ok", "error"]),
    detail: described("the fault, or what the part contains", z.string()),
  }),
);

const HealthAnswer = named(
  "HealthAnswer",
  z.object({
    status: z.enum(["ok", "error"]),
    version: z.string(),
    serviceRelease: described("the release of AWS HealthImaging that is served", z.enum(SERVICE_RELEASES)),
    parts: described("state, blobs, s3 and codec", z.record(z.string(), PartHealth)),
  }),
);

export const readHealth = route({
  method: "GET",
  path: "/_local/health",
  summary: "Checks every part. The status is 503 if one does not work.",
  answers: { 200: HealthAnswer, 503: HealthAnswer },
  commands: [
    {
      words: "health",
      summary: "check every part; exit code 1 if one does not work",
      examples: ["health"],
    },
  ],
});

const ProgressAnswer = named("ProgressAnswer", z.object({ filesFound: count(), filesDone: count() }));

export const readProgress = route({
  method: "GET",
  path: "/_local/import-jobs/{jobId}",
  summary: "Shows the progress of an import job; null unless it is IN_PROGRESS.",
  params: z.object({ jobId: z.string() }),
  answers: { 200: z.nullable(ProgressAnswer) },
  errors: ["ResourceNotFound"],
});

const ImageSetAnswer = named(
  "ImageSetAnswer",
  z.object({
    datastoreId: z.string(),
    imageSetId: z.string(),
    storageTier: z.enum(["FREQUENT_ACCESS", "ARCHIVE_INSTANT_ACCESS"]),
    lastAccessedAt: Timestamp,
  }),
);

export const readImageSet = route({
  method: "GET",
  path: "/_local/image-sets/{imageSetId}",
  summary: "Shows the storage tier of an image set and its last access.",
  params: z.object({ imageSetId: z.string() }),
  answers: { 200: ImageSetAnswer },
  errors: ["ResourceNotFound"],
});

const IndexAnswer = named(
  "IndexAnswer",
  z.object({
    version: z.string(),
    openapi: z.string(),
    routes: z.readonly(z.array(z.object({ method: z.string(), path: z.string(), summary: z.string() }))),
  }),
);

export const readIndex = route({
  method: "GET",
  path: "/_local",
  summary: "Lists all routes.",
  answers: { 200: IndexAnswer },
});

export const readOpenApi = route({
  method: "GET",
  path: "/_local/openapi.json",
  summary: "Describes all routes in OpenAPI 3.1.",
  answers: { 200: z.record(z.string(), z.unknown()) },
});
