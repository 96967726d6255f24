import {
  CopyImageSetCommand,
  CreateDatastoreCommand,
  DeleteImageSetCommand,
} from "@aws-sdk/client-medical-imaging";
import {
  clientsOf,
  createActive,
  fillBucket,
  importSlices,
  startJob,
  updateOf,
  type Task,
} from "./program.ts";
import { createSmallSeries } from "./small-series.ts";

const NEVER_MS = 60 * 60_000;
const LONG = { datastoreCreatingMs: NEVER_MS, jobSubmittedMs: NEVER_MS } as const;
const LOCKED = {
  imageSetUpdatingMs: NEVER_MS,
  imageSetCopyingMs: NEVER_MS,
  imageSetDeletingMs: NEVER_MS,
} as const;

/**
 * A folder that was stopped while everything was under way: a data store CREATING, a job SUBMITTED, image sets
 * UPDATING, COPYING and DELETING.
 * @returns the status that each ends in
 */
export async function writeUnderWay({ program, data }: Task) {
  await using emulator = await program.createEmulator({ data });
  const clients = clientsOf(emulator);
  const { medicalImaging } = clients;
  const datastoreId = await createActive(emulator, clients, "under-way");
  const series = createSmallSeries(4);
  const imageSetIds: string[] = [];
  for (const [index, slice] of series.slice(0, 3).entries())
    imageSetIds.push(...(await importSlices(emulator, clients, datastoreId, `slice-${index}`, [slice])));
  const [updating = "", copied = "", deleting = ""] = imageSetIds;
  await emulator.control.durations.set({ ...LONG, ...LOCKED });
  const { datastoreId: creating = "" } = await medicalImaging.send(
    new CreateDatastoreCommand({ datastoreName: "creating" }),
  );
  await fillBucket(clients, "submitted", { "input/slice.dcm": series[3]?.bytes ?? "" });
  const jobId = await startJob(clients, datastoreId, "submitted");
  const named = { Patient: { DICOM: { PatientName: "Doe^Later" } } };
  await medicalImaging.send(updateOf(datastoreId, updating, "1", "updatableAttributes", named));
  const { destinationImageSetProperties } = await medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId: copied,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    }),
  );
  await medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: deleting }));
  return {
    now: new Date().toISOString(),
    datastoreId,
    ends: {
      [`datastore/${creating}`]: "ACTIVE",
      [`importJob/${jobId}`]: "COMPLETED",
      [`imageSet/${updating}`]: "UPDATED",
      [`imageSet/${copied}`]: "COPIED",
      [`imageSet/${destinationImageSetProperties?.imageSetId}`]: "COPIED",
      [`imageSet/${deleting}`]: "DELETED",
    },
    imageSetCount: 4,
  };
}
