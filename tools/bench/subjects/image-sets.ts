import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Datastore } from "../../../src/domain/datastores/datastore.ts";
import type { ImageSet } from "../../../src/domain/image-sets/image-set.ts";

export const DATASTORE_ID = "d".repeat(32);
export const START = Date.UTC(2024, 0, 1);

export const DATASTORE: Datastore = {
  account: "000000000000",
  region: "us-east-1",
  datastoreId: DATASTORE_ID,
  datastoreName: "bench",
  datastoreStatus: "ACTIVE",
  kmsKeyArn: null,
  tags: {},
  createdAt: START,
  updatedAt: START,
  statusSince: START,
};

export const idOf = (index: number): string => (index * 2_654_435_761).toString(16).padStart(32, "0");

/** Four series a study, two studies a patient, one study id in five; each a minute after the one before. */
export function createImageSet(index: number): ImageSet {
  const study = index >> 2;
  const day = new Date(START - ((study * 7_919) % 3_650) * 86_400_000);
  const dicomTags = {
    DICOMPatientId: `P${index >> 3}`,
    DICOMPatientName: `Bench^${index >> 3}`,
    DICOMStudyInstanceUID: `2.25.291834617234511289.${study}`,
    DICOMSeriesInstanceUID: `2.25.291834617234511289.${study}.${index}`,
    DICOMAccessionNumber: `A${study}`,
    DICOMStudyId: String(study % 5),
    DICOMStudyDate: day.toISOString().slice(0, 10).replaceAll("-", ""),
    DICOMStudyTime: "101500.123",
    DICOMSeriesModality: "CT",
    DICOMSeriesNumber: index & 3,
    DICOMNumberOfStudyRelatedSeries: 1,
    DICOMNumberOfStudyRelatedInstances: 1,
  };
  const createdAt = START + index * 60_000;
  return {
    imageSetId: idOf(index),
    datastoreId: DATASTORE_ID,
    createdAt,
    deletedAt: null,
    frameIds: [idOf(index + 100_000)],
    // As imports of the newer release make them: an older one does not look at it.
    ...(index % 50 > 0 && { isPrimary: true }),
    tags: {},
    versions: [
      {
        versionId: 1,
        imageSetState: "ACTIVE",
        imageSetWorkflowStatus: "CREATED",
        updatedAt: createdAt,
        message: null,
        metadataKey: `datastores/${DATASTORE_ID}/image-sets/${idOf(index)}/metadata-1.json`,
        dicomTags,
      },
    ],
  };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export function usedBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
