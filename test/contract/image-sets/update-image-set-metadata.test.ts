import {
  ConflictException,
  GetImageFrameCommand,
  GetImageSetCommand,
  ListImageSetVersionsCommand,
  ResourceNotFoundException,
  SearchImageSetsCommand,
  ServiceQuotaExceededException,
  UpdateImageSetMetadataCommand,
  ValidationException,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createActiveDatastore, openSandbox, type Sandbox } from "../../clients.ts";
import { controlled } from "../../elsewhere.ts";
import { inRelease, testOf } from "../../setup/served-release.ts";
import { importSlices, readDocument, settle, updateCommand, type Payloads } from "./image-sets.ts";

const METADATA_MB = "Maximum ImageSetMetadata size per import, copy and UpdateImageSet";
let sandbox: Sandbox;
let datastoreId: string;
let imageSetId: string;
let count = 0;

async function open(imageSetUpdatingMs: number, quotas = {}): Promise<void> {
  sandbox = await openSandbox({ durations: { imageSetUpdatingMs, jobSubmittedMs: 0 }, quotas });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
}

const importSet = async (): Promise<void> => {
  imageSetId = await importSlices(sandbox, datastoreId, `update-${count++}`, 0, 2);
};
const send = (latestVersionId: string, payloads: Payloads) =>
  sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, latestVersionId, payloads));
const read = (versionId?: string) =>
  sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId, versionId }));
const document = (versionId?: string) => readDocument(sandbox, datastoreId, imageSetId, versionId);
const study = (DICOM: object) => ({ SchemaVersion: 1.1, Study: { DICOM } });
const patient = (DICOM: object) => ({ SchemaVersion: 1.1, Patient: { DICOM } });

describe("UpdateImageSetMetadata", () => {
  beforeAll(() => open(0));
  afterAll(() => sandbox[Symbol.asyncDispose]());
  beforeEach(importSet);

  test("makes a new version and leaves the old ones readable", async () => {
    const before = await document();
    const answer = await send("1", { updatable: patient({ PatientName: "MX^MX", PatientSex: "M" }) });
    expect(answer).toMatchObject({
      datastoreId,
      imageSetId,
      latestVersionId: "2",
      imageSetState: "LOCKED",
      imageSetWorkflowStatus: "UPDATING",
    });
    const { createdAt } = await read("1");
    expect(answer.createdAt).toEqual(createdAt);
    expect(await settle(sandbox, datastoreId, imageSetId)).toMatchObject({
      versionId: "2",
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "UPDATED",
      createdAt,
    });
    const DICOM = { ...before.Patient.DICOM, PatientName: "MX^MX", PatientSex: "M" };
    expect(await document()).toEqual({ ...before, Patient: { DICOM } });
    expect(await document("1")).toEqual(before);
    expect(await read("1")).toMatchObject({ versionId: "1", imageSetWorkflowStatus: "CREATED" });
  });

  test("is found by searches at once, with an integer version", async () => {
    await send("1", { updatable: patient({ PatientID: `P-${count}` }) });
    await settle(sandbox, datastoreId, imageSetId);
    const command = new SearchImageSetsCommand({
      datastoreId,
      searchCriteria: { filters: [{ operator: "EQUAL", values: [{ DICOMPatientId: `P-${count}` }] }] },
    });
    const { imageSetsMetadataSummaries } = await sandbox.medicalImaging.send(command);
    expect(imageSetsMetadataSummaries).toMatchObject([{ imageSetId, version: 2 }]);
  });

  test("adds new attributes at every level", async () => {
    const [seriesUid = ""] = Object.keys((await document()).Study.Series);
    const [sopUid = ""] = Object.keys((await document()).Study.Series[seriesUid]?.Instances ?? {});
    const updatable = {
      SchemaVersion: "1.1",
      Patient: { DICOM: { EthnicGroup: "unknown" } },
      Study: {
        DICOM: { StudyDescription: "CT CHEST" },
        Series: {
          [seriesUid]: {
            DICOM: { SeriesDescription: "thin slices" },
            Instances: { [sopUid]: { DICOM: { InstanceNumber: "27", SliceThickness: null } } },
          },
        },
      },
    };
    await send("1", { updatable });
    expect((await settle(sandbox, datastoreId, imageSetId)).imageSetWorkflowStatus).toBe("UPDATED");
    const { Patient, Study } = await document();
    expect(Patient.DICOM["EthnicGroup"]).toBe("unknown");
    expect(Study.DICOM["StudyDescription"]).toBe("CT CHEST");
    expect(Study.Series[seriesUid]?.DICOM["SeriesDescription"]).toBe("thin slices");
    expect(Study.Series[seriesUid]?.Instances[sopUid]?.DICOM).toMatchObject({
      InstanceNumber: "27",
      SliceThickness: null,
    });
  });

  testOf("2024-05", "updateForce")(
    "removes an attribute whose value is given, and an instance whose frames stay in old versions",
    async () => {
      const [seriesUid = ""] = Object.keys((await document()).Study.Series);
      const [first = "", second = ""] = Object.keys(
        (await document()).Study.Series[seriesUid]?.Instances ?? {},
      );
      const removable = {
        SchemaVersion: 1.1,
        Study: {
          DICOM: { StudyDescription: "Phantom study" },
          Series: { [seriesUid]: { Instances: { [first]: {} } } },
        },
      };
      await send("1", { removable, updatable: study({ AccessionNumber: "A-2" }) });
      expect((await settle(sandbox, datastoreId, imageSetId)).imageSetWorkflowStatus).toBe("UPDATED");
      const { Study } = await document();
      expect(Study.DICOM).not.toHaveProperty("StudyDescription");
      expect(Study.DICOM).toHaveProperty("AccessionNumber", "A-2");
      expect(Object.keys(Study.Series[seriesUid]?.Instances ?? {})).toEqual([second]);
      const imageFrameId =
        (await document("1")).Study.Series[seriesUid]?.Instances[first]?.ImageFrames[0]?.ID ?? "";
      const frame = new GetImageFrameCommand({
        datastoreId,
        imageSetId,
        imageFrameInformation: { imageFrameId },
      });
      expect((await sandbox.medicalImaging.send(frame)).$metadata.httpStatusCode).toBe(200);
    },
  );

  test("uses the version up when it fails, says why and leaves the content as it is", async () => {
    const before = await document();
    await send("1", { updatable: study({ StudyID: "other" }) });
    const failed = await settle(sandbox, datastoreId, imageSetId);
    expect(failed).toMatchObject({
      versionId: "2",
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "UPDATE_FAILED",
    });
    expect(failed.message).toMatch(/^INVALID_REQUEST: {2}[\w -:]*StudyID[\w -:]*$/);
    expect(await document()).toEqual(before);
    await expect(send("1", { updatable: study({ StudyDescription: "x" }) })).rejects.toThrow(
      ConflictException,
    );
    await send("2", { updatable: study({ StudyDescription: "x" }) });
    const updated = await settle(sandbox, datastoreId, imageSetId);
    expect(updated).toMatchObject({ versionId: "3", imageSetWorkflowStatus: "UPDATED" });
    expect(updated.message).toBeUndefined();
    const versions = new ListImageSetVersionsCommand({ datastoreId, imageSetId });
    expect((await sandbox.medicalImaging.send(versions)).imageSetPropertiesList).toMatchObject([
      { versionId: "3", ImageSetWorkflowStatus: "UPDATED" },
      { versionId: "2", ImageSetWorkflowStatus: "UPDATE_FAILED", message: failed.message },
      { versionId: "1", ImageSetWorkflowStatus: "CREATED" },
    ]);
  });

  test("refuses malformed payloads at once", async () => {
    const bytes = (text: string | Uint8Array) =>
      sandbox.medicalImaging.send(
        new UpdateImageSetMetadataCommand({
          datastoreId,
          imageSetId,
          latestVersionId: "1",
          updateImageSetMetadataUpdates: { DICOMUpdates: { updatableAttributes: Buffer.from(text) } },
        }),
      );
    await expect(bytes("{SchemaVersion:1.1}")).rejects.toThrow(ValidationException);
    await expect(bytes("[1.1]")).rejects.toThrow(/JSON object/);
    await expect(bytes(new Uint8Array([0xff, 0xfe]))).rejects.toThrow(/valid JSON/);
    await expect(bytes('{"Study":{"DICOM":{}}}')).rejects.toThrow(/SchemaVersion/);
    await expect(bytes('{"SchemaVersion":2}')).rejects.toThrow(/SchemaVersion/);
    await expect(bytes(`{"SchemaVersion":1.1,"Study":"${"x".repeat(10_000)}"}`)).rejects.toThrow(
      ValidationException,
    );
    await expect(send("1", {})).rejects.toThrow(ValidationException);
    const half = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: "x".repeat(6_000) } } };
    await expect(send("1", { updatable: half, removable: half })).rejects.toThrow(/at most 10000/);
    expect(await read()).toMatchObject({ versionId: "1", imageSetState: "ACTIVE" });
  });

  testOf("2024-05", "revert")("refuses an update that is a revert alone", async () => {
    const revert = new UpdateImageSetMetadataCommand({
      datastoreId,
      imageSetId,
      latestVersionId: "1",
      updateImageSetMetadataUpdates: { revertToVersionId: "1" },
    });
    await expect(sandbox.medicalImaging.send(revert)).rejects.toThrow(ValidationException);
    expect(await read()).toMatchObject({ versionId: "1", imageSetState: "ACTIVE" });
  });

  test("answers ResourceNotFoundException for an unknown image set", async () => {
    imageSetId = "0".repeat(32);
    await expect(send("1", { updatable: study({}) })).rejects.toThrow(ResourceNotFoundException);
  });
});

describe("while an update holds an image set LOCKED", () => {
  beforeAll(async () => {
    await open(60_000);
    await importSet();
    await send("1", { updatable: study({ StudyDescription: "later" }) });
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  controlled("the image set shows the next version and is readable", async () => {
    expect(await read()).toMatchObject({
      versionId: "2",
      imageSetState: "LOCKED",
      imageSetWorkflowStatus: "UPDATING",
    });
    expect((await document()).Study.DICOM["StudyDescription"]).toBe("Phantom study");
  });

  controlled(
    "another write is answered with a ConflictException, with the old and with the new version",
    async () => {
      await expect(send("1", { updatable: study({}) })).rejects.toThrow(/LOCKED/);
      await expect(send("2", { updatable: study({}) })).rejects.toThrow(ConflictException);
    },
  );
});

controlled("an update that would make the metadata exceed its quota ends in UPDATE_FAILED", async () => {
  await open(0, { [METADATA_MB]: 6_000 / 1024 ** 2 });
  await importSet();
  const current = JSON.stringify(await document()).length;
  await send("1", { updatable: study({ StudyDescription: "x".repeat(64) }) });
  const { imageSetWorkflowStatus } = await settle(sandbox, datastoreId, imageSetId);
  expect(current).toBeLessThan(6_000);
  expect(imageSetWorkflowStatus).toBe("UPDATED");
  const [uid = ""] = Object.keys((await document()).Study.Series);
  const [sop = ""] = Object.keys((await document()).Study.Series[uid]?.Instances ?? {});
  const large = { [sop]: { DICOM: { ImageComments: "x".repeat(6_000) } } };
  await send("2", { updatable: { SchemaVersion: 1.1, Study: { Series: { [uid]: { Instances: large } } } } });
  const failed = await settle(sandbox, datastoreId, imageSetId);
  expect(failed).toMatchObject({ versionId: "3", imageSetWorkflowStatus: "UPDATE_FAILED" });
  expect(failed.message).toMatch(/at most 6000/);
  await sandbox[Symbol.asyncDispose]();
});

controlled("a payload of more than 10,000 bytes is accepted when its quota is raised", async () => {
  const description = (length: number) => study({ StudyDescription: "x", Padding: "x".repeat(length) });
  await open(0);
  await importSet();
  await expect(send("1", { updatable: description(10_000) })).rejects.toThrow(
    inRelease("bounds", {
      "2024-05":
        "at 'updateImageSetMetadataUpdates.DICOMUpdates.updatableAttributes' failed to satisfy constraint: Member must have length less than or equal to 10000",
      // The model takes more than the quota.
      "2026-06": "at most 10000 are allowed",
    }),
  );
  await sandbox[Symbol.asyncDispose]();
  await open(0, { "L-A880A4C2": 12 });
  await importSet();
  await send("1", { updatable: description(10_000) });
  await expect(send("1", { updatable: description(12_000) })).rejects.toThrow(
    inRelease("bounds", { "2024-05": "equal to 12000", "2026-06": "at most 12000 are allowed" }),
  );
  await sandbox[Symbol.asyncDispose]();
});

controlled(
  "UpdateImageSetMetadata answers ServiceQuotaExceededException beyond the quota of concurrent updates",
  async () => {
    await open(60_000, { "Maximum concurrent UpdateImageSetMetadata requests per data store": 1 });
    await importSet();
    await send("1", { updatable: study({ StudyDescription: "first" }) });
    await importSet();
    await expect(send("1", { updatable: study({ StudyDescription: "second" }) })).rejects.toThrow(
      ServiceQuotaExceededException,
    );
    expect(await read()).toMatchObject({ versionId: "1", imageSetState: "ACTIVE" });
    await sandbox[Symbol.asyncDispose]();
  },
);
