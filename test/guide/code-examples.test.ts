import {
  ConflictException,
  CopyImageSetCommand,
  DeleteImageSetCommand,
  GetImageSetCommand,
  UpdateImageSetMetadataCommand,
  type MetadataUpdates,
  type SearchFilter,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import {
  createActiveDatastore,
  importFiles,
  openSandbox,
  type FinishedImport,
  type Sandbox,
} from "../clients.ts";
import { testOf } from "../setup/served-release.ts";
import { readImageSetIds, readMetadata, search, waitUntilActive, type At } from "./imaging.ts";

// What the developer guide's code examples do, action by action.
const series = createSampleSeries(3);
let sandbox: Sandbox;
let datastoreId: string;
let imported: FinishedImport;

/** Imports some slices into an image set of their own. */
async function importSlices(bucket: string, ...slices: number[]): Promise<At> {
  const chosen = series.filter((_, index) => slices.includes(index + 1));
  const files = Object.fromEntries(chosen.map(({ name, bytes }) => [name, bytes]));
  imported = await importFiles(sandbox, datastoreId, bucket, files);
  const [imageSetId = ""] = await readImageSetIds(sandbox, imported.job);
  return { datastoreId, imageSetId };
}

beforeAll(async () => {
  sandbox = await openSandbox();
  datastoreId = await createActiveDatastore(sandbox.medicalImaging, "guide");
});
afterAll(() => sandbox[Symbol.asyncDispose]());

describe("the guide's examples of reading", () => {
  let at: At;
  beforeAll(async () => {
    at = await importSlices("guide-read", 1, 2, 3);
  });

  test("import a folder of DICOM files", () => {
    expect(imported.job).toMatchObject({ jobStatus: "COMPLETED", datastoreId });
  });

  const since = { from: new Date("1985-04-12T23:20:50.52Z"), to: new Date(Date.now() + 86_400_000) };
  test.each<[string, SearchFilter[], number]>([
    ["#1: a patient", [{ operator: "EQUAL", values: [{ DICOMPatientId: "PHANTOM-1" }] }], 1],
    ["#1: another patient", [{ operator: "EQUAL", values: [{ DICOMPatientId: "3524578" }] }], 0],
    [
      "#2: study dates and times",
      [
        {
          operator: "BETWEEN",
          values: [
            { DICOMStudyDateAndTime: { DICOMStudyDate: "19900101", DICOMStudyTime: "000000" } },
            { DICOMStudyDateAndTime: { DICOMStudyDate: "20300101", DICOMStudyTime: "000000" } },
          ],
        },
      ],
      1,
    ],
    [
      "#2: study dates before",
      [
        {
          operator: "BETWEEN",
          values: [
            { DICOMStudyDateAndTime: { DICOMStudyDate: "19900101", DICOMStudyTime: "000000" } },
            { DICOMStudyDateAndTime: { DICOMStudyDate: "20230101", DICOMStudyTime: "000000" } },
          ],
        },
      ],
      0,
    ],
    [
      "#3: times of creation",
      [{ operator: "BETWEEN", values: [{ createdAt: since.from }, { createdAt: since.to }] }],
      1,
    ],
    [
      "#4: a series, and times of update",
      [
        { operator: "EQUAL", values: [{ DICOMSeriesInstanceUID: "2.25.291834617234511289.1.1" }] },
        { operator: "BETWEEN", values: [{ updatedAt: since.from }, { updatedAt: since.to }] },
      ],
      1,
    ],
  ])("search by %s", async (_, filters, count) => {
    const sort = { sortField: "updatedAt", sortOrder: "ASC" } as const;
    expect(await search(sandbox, datastoreId, { filters, sort })).toHaveLength(count);
  });

  test("read metadata, of the latest version and of one", async () => {
    const latest = await readMetadata(sandbox, at);
    expect(latest).toMatchObject({ DatastoreID: datastoreId, ImageSetID: at.imageSetId });
    expect(await readMetadata(sandbox, at, "1")).toEqual(latest);
  });

  test("delete an image set", async () => {
    const { medicalImaging: client } = sandbox;
    expect(await client.send(new DeleteImageSetCommand(at))).toMatchObject({
      imageSetState: "LOCKED",
      imageSetWorkflowStatus: "DELETING",
    });
    const read = async () => (await client.send(new GetImageSetCommand(at))).imageSetState;
    await expect.poll(read).toBe("DELETED");
  });
});

testOf("2024-05", "updateForce")(
  "the guide's update example adds and removes an attribute and removes an instance",
  async () => {
    const at = await importSlices("guide-update", 1, 2);
    const encode = (document: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(document));
    const description = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: "CT CHEST" } } };
    const [[seriesUid, { Instances }] = ["", { Instances: {} }]] = Object.entries(
      (await readMetadata(sandbox, at)).Study.Series,
    );
    const [first = "", second = ""] = Object.keys(Instances);
    const instance = {
      SchemaVersion: 1.1,
      Study: { Series: { [seriesUid]: { Instances: { [first]: {} } } } },
    };
    const update = (
      latestVersionId: string,
      DICOMUpdates: MetadataUpdates.DICOMUpdatesMember["DICOMUpdates"],
    ) =>
      sandbox.medicalImaging.send(
        new UpdateImageSetMetadataCommand({
          ...at,
          latestVersionId,
          updateImageSetMetadataUpdates: { DICOMUpdates },
        }),
      );
    const done = { imageSetWorkflowStatus: "UPDATED", imageSetState: "ACTIVE" };

    expect(await update("1", { updatableAttributes: encode(description) })).toMatchObject({
      ...at,
      latestVersionId: "2",
      imageSetState: "LOCKED",
      imageSetWorkflowStatus: "UPDATING",
    });
    expect(await waitUntilActive(sandbox, at)).toMatchObject({ ...done, versionId: "2" });
    expect((await readMetadata(sandbox, at)).Study.DICOM).toMatchObject({ StudyDescription: "CT CHEST" });
    expect((await readMetadata(sandbox, at, "1")).Study.DICOM).toMatchObject({
      StudyDescription: "Phantom study",
    });
    await expect(update("1", { updatableAttributes: encode(description) })).rejects.toThrow(
      ConflictException,
    );

    await update("2", { removableAttributes: encode(description) });
    expect(await waitUntilActive(sandbox, at)).toMatchObject({ ...done, versionId: "3" });
    expect((await readMetadata(sandbox, at)).Study.DICOM).not.toHaveProperty("StudyDescription");

    await update("3", { removableAttributes: encode(instance) });
    expect(await waitUntilActive(sandbox, at)).toMatchObject({ ...done, versionId: "4" });
    const after = await readMetadata(sandbox, at);
    expect(Object.keys(after.Study.Series[seriesUid]?.Instances ?? {})).toEqual([second]);
  },
);

testOf("2024-05", "importMerges")(
  "the guide's copy example copies to a new image set, and into another",
  async () => {
    const source = await importSlices("guide-source", 3);
    const destination = await importSlices("guide-destination", 1, 2);
    const copy = (to?: { imageSetId: string; latestVersionId: string }) =>
      sandbox.medicalImaging.send(
        new CopyImageSetCommand({
          datastoreId,
          sourceImageSetId: source.imageSetId,
          copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" }, destinationImageSet: to },
        }),
      );
    const locked = { imageSetState: "LOCKED", imageSetWorkflowStatus: "COPYING" };
    const copied = { imageSetState: "ACTIVE", imageSetWorkflowStatus: "COPIED" };

    const fresh = await copy();
    expect(fresh).toMatchObject({
      datastoreId,
      sourceImageSetProperties: {
        imageSetId: source.imageSetId,
        latestVersionId: "1",
        imageSetState: "LOCKED",
        imageSetWorkflowStatus: "COPYING_WITH_READ_ONLY_ACCESS",
      },
      destinationImageSetProperties: { ...locked, latestVersionId: "1" },
    });
    const made = { datastoreId, imageSetId: fresh.destinationImageSetProperties?.imageSetId ?? "" };
    expect(await waitUntilActive(sandbox, made)).toMatchObject({ ...copied, versionId: "1" });
    expect((await readMetadata(sandbox, made)).Study).toEqual((await readMetadata(sandbox, source)).Study);
    expect(await waitUntilActive(sandbox, source)).toMatchObject({ ...copied, versionId: "1" });

    const into = await copy({ imageSetId: destination.imageSetId, latestVersionId: "1" });
    expect(into.destinationImageSetProperties).toMatchObject({
      ...locked,
      imageSetId: destination.imageSetId,
      latestVersionId: "2",
    });
    expect(await waitUntilActive(sandbox, destination)).toMatchObject({ ...copied, versionId: "2" });
    const [merged] = Object.values((await readMetadata(sandbox, destination)).Study.Series);
    expect(Object.keys(merged?.Instances ?? {})).toHaveLength(3);
  },
);
