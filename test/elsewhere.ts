import {
  DeleteDatastoreCommand,
  DeleteImageSetCommand,
  GetDatastoreCommand,
  MedicalImagingClient,
  paginateSearchImageSets,
} from "@aws-sdk/client-medical-imaging";
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  paginateListBuckets,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { inject, test } from "vitest";
import type { Sandbox } from "./clients.ts";
import { until } from "./until.ts";

/** Any endpoint; AWS itself where only HEALTHIMAGING_LOCAL_TEST_AWS is set. */
const endpoint = process.env["HEALTHIMAGING_LOCAL_TEST_ENDPOINT"] || undefined;

export const isElsewhere = inject("transport") === "elsewhere";

/** Of tests that move the clock, set durations, restart, or look at the disk. */
export const controlled = test.skipIf(isElsewhere);

/** Buckets on AWS share one name space with the world. */
const run = `healthimaging-local-${crypto.randomUUID().slice(0, 8)}`;
export const bucketName = (name: string): string => (isElsewhere ? `${run}-${name}` : name);

export const DATA_ACCESS_ROLE_ARN =
  process.env["HEALTHIMAGING_LOCAL_TEST_ROLE"] ?? "arn:aws:iam::123456789012:role/import";

/** Clients of a service that is not ours to start: what a test made there is deleted after it. */
export function openElsewhere(): Sandbox {
  // Its throttles are part of it: CreateDatastore has one call in twelve seconds.
  const patience = { maxAttempts: 30, retryMode: "adaptive" };
  const place = endpoint === undefined ? {} : { endpoint, disableHostPrefix: true };
  const medicalImaging = new MedicalImagingClient({ ...patience, ...place });
  const s3 = new S3Client({
    ...patience,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  const made = rememberDatastores(medicalImaging);
  const close = async (): Promise<void> => {
    for (const datastoreId of made) await remove(medicalImaging, datastoreId);
    await removeBuckets(s3);
    medicalImaging.destroy();
    s3.destroy();
  };
  return { medicalImaging, s3, [Symbol.asyncDispose]: close };
}

function rememberDatastores(client: MedicalImagingClient): ReadonlySet<string> {
  const made = new Set<string>();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const { output } = result;
        if (commandName === "CreateDatastoreCommand" && "datastoreId" in output) {
          made.add(String(output.datastoreId));
        }
        return result;
      },
    { step: "initialize" },
  );
  return made;
}

const IS_WAITING = new Set(["CREATING", "DELETING"]);

async function remove(client: MedicalImagingClient, datastoreId: string): Promise<void> {
  const now = await until(
    async () =>
      (await client.send(new GetDatastoreCommand({ datastoreId }))).datastoreProperties?.datastoreStatus ??
      "",
    (status) => !IS_WAITING.has(status),
  );
  if (now !== "ACTIVE") return;
  for await (const { imageSetsMetadataSummaries = [] } of paginateSearchImageSets(
    { client },
    { datastoreId },
  )) {
    for (const { imageSetId } of imageSetsMetadataSummaries) {
      await client.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
    }
  }
  const rest = async () =>
    (await paginateSearchImageSets({ client }, { datastoreId }).next()).value?.imageSetsMetadataSummaries ??
    [];
  await until(rest, ({ length }) => length === 0);
  await client.send(new DeleteDatastoreCommand({ datastoreId }));
}

async function removeBuckets(client: S3Client): Promise<void> {
  for await (const { Buckets = [] } of paginateListBuckets({ client }, {})) {
    for (const { Name: Bucket = "" } of Buckets.filter(({ Name = "" }) => Name.startsWith(run))) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
        for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }));
      }
      await client.send(new DeleteBucketCommand({ Bucket }));
    }
  }
}
