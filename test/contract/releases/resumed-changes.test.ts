import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyImageSetCommand,
  GetImageSetCommand,
  UpdateImageSetMetadataCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, expect } from "vitest";
import type { ComposeOptions } from "../../../src/index.ts";
import { createActiveDatastore, NO_TIME, openControlled } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { importNonPrimary, readDocument, settle } from "../image-sets/image-sets.ts";

const UID = "2.25.291834617234511289.1";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(data, { recursive: true }));

const LONG = { imageSetCopyingMs: 3_600_000, imageSetUpdatingMs: 3_600_000 };
const open = (durations: ComposeOptions["durations"] = NO_TIME) =>
  openControlled({ data, serviceRelease: "2026-06", durations });

test("changes that a stop interrupts go on with what was asked for: a part of a copy, a promotion, a revert", async () => {
  const before = await open();
  const datastoreId = await createActiveDatastore(before.medicalImaging);
  const source = await importNonPrimary(before, datastoreId, "source", 0, 2);
  const destination = await importNonPrimary(before, datastoreId, "destination", 2, 3);
  const other = await importNonPrimary(before, datastoreId, "other", 3, 4);
  const reverted = await importNonPrimary(before, datastoreId, "reverted", 3, 4);
  await before[Symbol.asyncDispose]();
  const during = await open({ ...NO_TIME, ...LONG });
  const series = { [`${UID}.1`]: { Instances: { [`${UID}.1.1`]: {} } } };
  const copiableAttributes = JSON.stringify({ SchemaVersion: "1.1", Study: { Series: series } });
  await during.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId: source,
      copyImageSetInformation: {
        sourceImageSet: { latestVersionId: "1", DICOMCopies: { copiableAttributes } },
        destinationImageSet: { imageSetId: destination, latestVersionId: "1" },
      },
    }),
  );
  const { destinationImageSetProperties } = await during.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId: other,
      promoteToPrimary: true,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    }),
  );
  const promoted = destinationImageSetProperties?.imageSetId ?? "";
  expect(
    await during.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId: promoted })),
  ).toMatchObject({ imageSetState: "LOCKED", isPrimary: false });
  await during.medicalImaging.send(
    new UpdateImageSetMetadataCommand({
      datastoreId,
      imageSetId: reverted,
      latestVersionId: "1",
      updateImageSetMetadataUpdates: { revertToVersionId: "1" },
    }),
  );
  await during[Symbol.asyncDispose]();
  await using after = await open();
  expect(await settle(after, datastoreId, destination)).toMatchObject({ imageSetWorkflowStatus: "COPIED" });
  const { Study } = await readDocument(after, datastoreId, destination);
  expect(Object.keys(Study.Series[`${UID}.1`]?.Instances ?? {}).toSorted()).toEqual([
    `${UID}.1.1`,
    `${UID}.1.3`,
  ]);
  expect(await settle(after, datastoreId, promoted)).toMatchObject({ isPrimary: true });
  expect(await settle(after, datastoreId, reverted)).toMatchObject({
    versionId: "2",
    imageSetWorkflowStatus: "UPDATED",
  });
});
