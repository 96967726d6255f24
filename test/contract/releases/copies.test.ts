import {
  CopyImageSetCommand,
  DeleteImageSetCommand,
  GetImageSetCommand,
  UpdateImageSetMetadataCommand,
  type CopyImageSetCommandInput,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { createActiveDatastore, openControlled, type ControlledSandbox } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { importNonPrimary, readDocument, settle, updateCommand } from "../image-sets/image-sets.ts";

const UID = "2.25.291834617234511289.1";

let sandbox: ControlledSandbox;
let datastoreId: string;
let source: string;
let count = 0;
beforeAll(async () => {
  sandbox = await openControlled({ serviceRelease: "2026-06" });
});
afterAll(() => sandbox[Symbol.asyncDispose]());
beforeEach(async () => {
  datastoreId = await createActiveDatastore(sandbox.medicalImaging, `copies-${count}`);
  source = await importNonPrimary(sandbox, datastoreId, `source-${count++}`, 0, 3);
});

interface Wanted extends Pick<CopyImageSetCommandInput, "force" | "promoteToPrimary"> {
  readonly instances?: readonly string[];
  readonly copiable?: object;
  readonly destination?: string;
  readonly from?: string;
}

const versionOf = async (imageSetId: string) =>
  (await sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }))).versionId;

/** @returns the destination, settled */
async function copy({ instances, copiable, destination, from = source, ...flags }: Wanted) {
  const Instances = Object.fromEntries((instances ?? []).map((uid) => [uid, {}]));
  const named = copiable ?? (instances && { Study: { Series: { [`${UID}.1`]: { Instances } } } });
  const DICOMCopies = named && { copiableAttributes: JSON.stringify({ SchemaVersion: "1.1", ...named }) };
  const { destinationImageSetProperties } = await sandbox.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId: from,
      ...flags,
      copyImageSetInformation: {
        sourceImageSet: { latestVersionId: await versionOf(from), ...(DICOMCopies && { DICOMCopies }) },
        ...(destination && {
          destinationImageSet: { imageSetId: destination, latestVersionId: await versionOf(destination) },
        }),
      },
    }),
  );
  return settle(sandbox, datastoreId, destinationImageSetProperties?.imageSetId ?? "");
}
const instancesOf = async (imageSetId = "") => {
  const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
  return Object.values(Study.Series).flatMap(({ Instances }) => Object.keys(Instances));
};

test("a copy of some instances has these alone", async () => {
  const copied = await copy({ instances: [`${UID}.1.1`, `${UID}.1.3`] });
  expect(copied).toMatchObject({ imageSetWorkflowStatus: "COPIED", isPrimary: false });
  expect(await instancesOf(copied.imageSetId)).toEqual([`${UID}.1.1`, `${UID}.1.3`]);
  await copy({ instances: [`${UID}.1.2`], destination: copied.imageSetId ?? "" });
  expect((await instancesOf(copied.imageSetId)).toSorted()).toEqual(await instancesOf(source));
});

test.each<[what: string, copiable: object]>([
  ["another series", { Study: { Series: { "1.2": {} } } }],
  ["another instance", { Study: { Series: { [`${UID}.1`]: { Instances: { "1.2": {} } } } } }],
  ["no instance", { Study: { Series: {} } }],
  ["attributes", { Patient: { DICOM: {} }, Study: { Series: { [`${UID}.1`]: {} } } }],
])("a copy of %s is a ValidationException", async (_, copiable) => {
  await expect(copy({ copiable })).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining("copiableAttributes") as string,
  });
});

test("a forced copy keeps patient, study and series of its destination", async () => {
  const other = await copy({ instances: [`${UID}.1.1`] });
  const destination = other.imageSetId ?? "";
  const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientID: "another" } } };
  await sandbox.medicalImaging.send(updateCommand(datastoreId, destination, "1", { updatable }));
  await settle(sandbox, datastoreId, destination);
  const wanted = { instances: [`${UID}.1.2`], destination };
  const failed = await copy(wanted);
  expect(failed).toMatchObject({ imageSetWorkflowStatus: "COPY_FAILED" });
  expect(failed).not.toHaveProperty("overrides");
  const forced = await copy({ ...wanted, force: true });
  expect(forced).toMatchObject({ imageSetWorkflowStatus: "COPIED", overrides: { forced: true } });
  expect(await instancesOf(destination)).toEqual([`${UID}.1.1`, `${UID}.1.2`]);
  const { Patient } = await readDocument(sandbox, datastoreId, destination);
  expect(Patient.DICOM["PatientID"]).toBe("another");
});

describe("a promoted copy", () => {
  test("a promoted copy is the primary image set of its series", async () => {
    const promoted = await copy({ promoteToPrimary: true });
    expect(promoted).toMatchObject({ imageSetWorkflowStatus: "COPIED", isPrimary: true, versionId: "1" });
    expect(promoted.imageSetId).not.toBe(source);
    const plain = await copy({ from: promoted.imageSetId ?? "" });
    expect(plain).toMatchObject({ imageSetWorkflowStatus: "COPIED", isPrimary: false });
  });

  test("fails while its series has a primary image set, and works after that one is deleted", async () => {
    const { imageSetId = "" } = await copy({ promoteToPrimary: true });
    expect(await copy({ promoteToPrimary: true })).toMatchObject({
      imageSetWorkflowStatus: "COPY_FAILED",
      isPrimary: false,
      message: `INVALID_REQUEST:  Image set ${imageSetId} is primary for the series.`,
    });
    await sandbox.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
    await settle(sandbox, datastoreId, imageSetId);
    expect(await copy({ promoteToPrimary: true })).toMatchObject({ isPrimary: true });
  });

  test("does not accept a destination", async () => {
    const destination = (await copy({})).imageSetId ?? "";
    await expect(copy({ promoteToPrimary: true, destination })).rejects.toThrow(
      /does not accept a destinationImageSet/,
    );
  });

  test("cannot be changed by force", async () => {
    const { imageSetId = "" } = await copy({ promoteToPrimary: true });
    const updatableAttributes = Buffer.from('{"SchemaVersion":1.1,"Study":{"DICOM":{"StudyID":"x"}}}');
    await sandbox.medicalImaging.send(
      new UpdateImageSetMetadataCommand({
        datastoreId,
        imageSetId,
        latestVersionId: "1",
        force: true,
        updateImageSetMetadataUpdates: { DICOMUpdates: { updatableAttributes } },
      }),
    );
    expect((await settle(sandbox, datastoreId, imageSetId)).message).toBe(
      "INVALID_REQUEST:  DICOM attribute StudyID cannot be updated or removed in a primary image set",
    );
  });
});
