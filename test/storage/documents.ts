import type { ClientToken } from "../../src/domain/client-token.ts";
import type { Datastore } from "../../src/domain/datastores/datastore.ts";
import type { ImageSet } from "../../src/domain/image-sets/image-set.ts";
import type { ImportJob } from "../../src/domain/import-jobs/import-job.ts";

export const datastore = (datastoreId: string, changes: Partial<Datastore> = {}): Datastore => ({
  datastoreId,
  account: "000000000000",
  region: "us-east-1",
  datastoreName: null,
  datastoreStatus: "ACTIVE",
  kmsKeyArn: null,
  tags: {},
  createdAt: 1,
  updatedAt: 1,
  statusSince: 1,
  ...changes,
});

export const importJob = (
  jobId: string,
  datastoreId: string,
  changes: Partial<ImportJob> = {},
): ImportJob => ({
  jobId,
  datastoreId,
  jobName: null,
  jobStatus: "COMPLETED",
  dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
  inputS3Uri: "s3://in/",
  outputS3Uri: "s3://out/",
  inputOwnerAccountId: null,
  submittedAt: 5,
  startedAt: 6,
  endedAt: 7,
  message: null,
  ...changes,
});

export const imageSet = (
  imageSetId: string,
  datastoreId: string,
  changes: Partial<ImageSet> = {},
): ImageSet => ({
  imageSetId,
  datastoreId,
  createdAt: 6,
  deletedAt: null,
  versions: [
    {
      versionId: 1,
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "CREATED",
      updatedAt: 6,
      message: null,
      metadataKey: `datastores/${datastoreId}/image-sets/${imageSetId}/metadata-1.json`,
      dicomTags: { DICOMPatientId: "P" },
    },
  ],
  frameIds: [],
  tags: {},
  ...changes,
});

export const clientToken = (tokenId: string, datastoreId: string): ClientToken => ({
  tokenId,
  datastoreId,
  fingerprint: "f",
  answer: { datastoreId },
  createdAt: 8,
});
