import {
  GetImageSetCommand,
  ListImageSetVersionsCommand,
  UpdateImageSetMetadataCommand,
  type MetadataUpdates,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { createActiveDatastore, openControlled, type ControlledSandbox } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { importNonPrimary, readDocument, settle } from "../image-sets/image-sets.ts";

const UID = "2.25.291834617234511289.1";

let sandbox: ControlledSandbox;
let datastoreId: string;
let imageSetId: string;
let version: number;
let count = 0;
beforeAll(async () => {
  sandbox = await openControlled({ serviceRelease: "2026-06" });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
});
afterAll(() => sandbox[Symbol.asyncDispose]());
beforeEach(async () => {
  imageSetId = await importNonPrimary(sandbox, datastoreId, `slices-${count++}`, 0, 2);
  version = 1;
});

/** @returns the status and message after it */
async function update(updates: MetadataUpdates, force?: boolean): Promise<string> {
  await sandbox.medicalImaging.send(
    new UpdateImageSetMetadataCommand({
      datastoreId,
      imageSetId,
      latestVersionId: String(version),
      ...(force === undefined ? {} : { force }),
      updateImageSetMetadataUpdates: updates,
    }),
  );
  version += 1;
  const { imageSetWorkflowStatus, message } = await settle(sandbox, datastoreId, imageSetId);
  return message == null ? String(imageSetWorkflowStatus) : `${imageSetWorkflowStatus} ${message}`;
}
const encode = (payload: object) => Buffer.from(JSON.stringify({ SchemaVersion: 1.1, ...payload }));
const change = (payload: object, force?: boolean) =>
  update({ DICOMUpdates: { updatableAttributes: encode(payload) } }, force);
const remove = (payload: object, force?: boolean) =>
  update({ DICOMUpdates: { removableAttributes: encode(payload) } }, force);
const series = (content: object) => ({ Study: { Series: { [`${UID}.1`]: content } } });
const instance = (content: object) => series({ Instances: { [`${UID}.1.1`]: content } });
const read = async () => {
  const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
  const [first] = Object.values(Study.Series);
  return { Study, series: first, instances: first?.Instances ?? {} };
};

test("a revert makes a new version with the content of an older one", async () => {
  const before = await readDocument(sandbox, datastoreId, imageSetId);
  expect(await change({ Patient: { DICOM: { PatientSex: "O" } } })).toBe("UPDATED");
  expect(await remove(instance({}), true)).toBe("UPDATED");
  expect(Object.keys((await read()).instances)).toHaveLength(1);
  expect(await update({ revertToVersionId: "1" })).toBe("UPDATED");
  expect(await readDocument(sandbox, datastoreId, imageSetId)).toEqual(before);
  const { imageSetPropertiesList = [] } = await sandbox.medicalImaging.send(
    new ListImageSetVersionsCommand({ datastoreId, imageSetId }),
  );
  expect(imageSetPropertiesList.map(({ versionId, overrides }) => [versionId, overrides?.forced])).toEqual([
    ["4", undefined],
    ["3", true],
    ["2", undefined],
    ["1", undefined],
  ]);
});

test("a revert to a version that does not exist is a ResourceNotFoundException", async () => {
  await expect(update({ revertToVersionId: "7" })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
  const state = await sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
  expect(state).toMatchObject({ versionId: "1", imageSetState: "ACTIVE" });
});

describe("with force an update", () => {
  const CASES: readonly [what: string, payload: object][] = [
    ["a multi-valued attribute", instance({ DICOM: { ImageType: ["ORIGINAL", "SECONDARY"] } })],
    ["a sequence", instance({ DICOM: { ReferencedImageSequence: [{ ReferencedSOPInstanceUID: "1.2" }] } })],
    ["a value of another VR", instance({ DICOM: { InstanceNumber: "first" } })],
    ["an unknown keyword", instance({ DICOM: { NotInTheStandard: "x" } })],
    ["a private attribute", instance({ DICOM: { "001910F9": "97" }, DICOMVRs: { "001910F9": "DS" } })],
    ["StudyID", { Study: { DICOM: { StudyID: "other" } } }],
  ];

  test("with force an update may change what it may not without", async () => {
    for (const [what, payload] of CASES)
      expect([what, await change(payload)]).toEqual([
        what,
        expect.stringMatching(/^UPDATE_FAILED INVALID_REQUEST/),
      ]);
    for (const [what, payload] of CASES)
      expect([what, await change(payload, true)]).toEqual([what, "UPDATED"]);
    const { Study, instances } = await read();
    expect(Study.DICOM["StudyID"]).toBe("other");
    expect(instances[`${UID}.1.1`]).toMatchObject({
      DICOM: {
        ImageType: ["ORIGINAL", "SECONDARY"],
        ReferencedImageSequence: [{ ReferencedSOPInstanceUID: "1.2" }],
        InstanceNumber: "first",
        NotInTheStandard: "x",
        "001910F9": "97",
      },
      DICOMVRs: { "001910F9": "DS" },
    });
  });

  test("says in the message that force lifts a refusal", async () => {
    expect(await change(instance({ DICOM: { ImageType: "DERIVED" } }))).toBe(
      "UPDATE_FAILED INVALID_REQUEST:  DICOM attribute ImageType is multi-valued: it cannot be updated or removed without force",
    );
    expect(await change(instance({ DICOM: { NotInTheStandard: "x" } }))).toBe(
      "UPDATE_FAILED INVALID_REQUEST:  DICOM attribute NotInTheStandard is not in the DICOM standard: it cannot be updated or removed without force",
    );
    expect(await change(instance({ DICOM: { InstanceNumber: "first" } }))).toBe(
      "UPDATE_FAILED INVALID_REQUEST:  DICOM attribute InstanceNumber has a value that is not of its VR IS: it cannot be stored without force",
    );
    expect(await remove(instance({}))).toBe(
      `UPDATE_FAILED INVALID_REQUEST:  Instance ${UID}.1.1 cannot be removed without force`,
    );
  });

  test("keeps the VR of a private attribute, removes both, and takes no attribute without a VR", async () => {
    await change(instance({ DICOM: { "001910F9": "97" }, DICOMVRs: { "001910F9": "DS" } }), true);
    expect(await change(instance({ DICOM: { "001910F9": "98" } }), true)).toBe("UPDATED");
    expect((await read()).instances[`${UID}.1.1`]).toMatchObject({
      DICOM: { "001910F9": "98" },
      DICOMVRs: { "001910F9": "DS" },
    });
    expect(await remove(instance({ DICOM: { "001910F9": "98" } }), true)).toBe("UPDATED");
    expect((await read()).instances[`${UID}.1.1`]?.DICOMVRs).not.toHaveProperty("001910F9");
    expect(await change(instance({ DICOM: { "001910F8": "1" } }), true)).toContain("001910F8 has no VR");
  });

  test("renames a series and an instance with their UIDs, and refuses a UID that is taken", async () => {
    expect(await change(instance({ DICOM: { SOPInstanceUID: `${UID}.1.2` } }), true)).toBe(
      `UPDATE_FAILED INVALID_REQUEST:  Instance ${UID}.1.2 exists already`,
    );
    expect(await change(instance({ DICOM: { SOPInstanceUID: "1.2.3" } }), true)).toBe("UPDATED");
    expect(await change(series({ DICOM: { SeriesInstanceUID: "1.2" } }), true)).toBe("UPDATED");
    const { Study, instances } = await read();
    expect(Object.keys(Study.Series)).toEqual(["1.2"]);
    expect(Object.keys(instances).toSorted()).toEqual(["1.2.3", `${UID}.1.2`]);
    expect(await remove({ Study: { DICOM: { StudyInstanceUID: UID } } }, true)).toContain(
      "cannot be removed",
    );
  });

  test.each(["PixelData", "Checksum"])("never changes %s", async (keyword) => {
    expect(await change(instance({ DICOM: { [keyword]: "x" } }), true)).toContain("UPDATE_FAILED");
  });
});
