import { afterAll, beforeAll, describe, expect } from "vitest";
import type { ServiceRelease } from "../../../src/index.ts";
import {
  createActiveDatastore,
  importFiles,
  openControlled,
  readLines,
  readText,
  type ControlledSandbox,
} from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { dicomFile, element, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import {
  findImageSets,
  importSlices,
  readDocument,
  settle,
  updateCommand,
} from "../image-sets/image-sets.ts";

const fileOf = (uid: string, patientName: string): Uint8Array =>
  dicomFile(
    instanceElements(
      element("00080018", "UI", uid),
      element("00100010", "PN", patientName),
      element("00100020", "LO", "p"),
    ),
  );

interface Manifest {
  readonly jobSummary: { readonly imageSetsSummary: readonly object[] };
}

interface Expected {
  readonly imageSets: number;
  readonly members: readonly string[];
  readonly folders: readonly string[];
  readonly refused: readonly string[];
  readonly update: string;
  readonly unsupportedBy: string;
  readonly frameMembers: object;
  readonly hasLevels: boolean;
}

describe.each<[ServiceRelease, Expected]>([
  [
    "2024-05",
    {
      imageSets: 2,
      members: [],
      folders: ["SUCCESS", "FAILURE"],
      refused: ["count", "id", "letters", "longer", "uid"],
      update: "UPDATE_FAILED",
      unsupportedBy: "the service",
      frameMembers: {},
      hasLevels: true,
    },
  ],
  [
    "2026-06",
    {
      imageSets: 1,
      members: ["imageSetVersion", "isPrimary"],
      folders: ["SUCCESS", "FAILURE", "WARNING"],
      refused: ["letters", "longer"],
      update: "UPDATED",
      unsupportedBy: "the emulator yet",
      frameMembers: { StoredTransferSyntaxUID: "1.2.840.10008.1.2.4.202", ChecksumType: "DECOMPRESSED" },
      hasLevels: false,
    },
  ],
])("with release %s", (serviceRelease, expected) => {
  let sandbox: ControlledSandbox;
  let datastoreId: string;
  beforeAll(async () => {
    sandbox = await openControlled({ serviceRelease });
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  test("instances are grouped by the elements of the release", async () => {
    await importFiles(sandbox, datastoreId, "grouping", {
      "1.dcm": fileOf("1.2.3.1", "Doe^Jane"),
      "2.dcm": fileOf("1.2.3.2", "Doe^J"),
    });
    expect(await findImageSets(sandbox, datastoreId)).toHaveLength(expected.imageSets);
  });

  test("a job leaves the report of the release", async () => {
    const { job } = await importFiles(sandbox, datastoreId, "report", {
      "1.dcm": fileOf("1.2.3.3", "Doe^Jane"),
    });
    const { outputS3Uri = "" } = job;
    const manifest = await readText(sandbox.s3, `${outputS3Uri}job-output-manifest.json`);
    const { jobSummary } = JSON.parse(manifest) as Manifest;
    const members = ["imageSetId", ...expected.members];
    const [success] = await readLines(sandbox.s3, `${outputS3Uri}SUCCESS/success.ndjson`);
    expect(Object.keys((success as { importResponse: object }).importResponse)).toEqual(members);
    expect(Object.keys(jobSummary.imageSetsSummary[0] ?? {})).toEqual([
      ...members,
      "numberOfMatchedSOPInstances",
    ]);
    const folders = Object.entries(jobSummary).filter(([name]) =>
      /(success|failure|warnings)Output/.test(name),
    );
    expect(folders.map(([, uri]) => uri)).toEqual(
      expected.folders.map((folder) => `${outputS3Uri}${folder}/`),
    );
  });

  test("lengths and UIDs of imports are those of the release", async () => {
    const { job } = await importFiles(sandbox, datastoreId, "limits", {
      "id.dcm": dicomFile(instanceElements(element("00100020", "LO", "p".repeat(256)))),
      "longer.dcm": dicomFile(instanceElements(element("00100020", "LO", "p".repeat(257)))),
      "uid.dcm": dicomFile(instanceElements(element("0020000D", "UI", "0.01.2..3"))),
      "letters.dcm": dicomFile(instanceElements(element("0020000D", "UI", "1.2.x"))),
      "count.dcm": dicomFile(instanceElements(element("00201208", "IS", "1000000"))),
    });
    const failures = await readLines(sandbox.s3, `${job.outputS3Uri ?? ""}FAILURE/failure.ndjson`);
    expect(failures.map((line) => (line as { inputFile: string }).inputFile)).toEqual(
      expected.refused.map((name) => `input/${name}.dcm`),
    );
  });

  test("lengths and UIDs of updates are those of imports", async () => {
    const imageSetId = await importSlices(sandbox, datastoreId, "updated", 0, 1);
    const update = updateCommand(datastoreId, imageSetId, "1", {
      updatable: { SchemaVersion: 1.1, Patient: { DICOM: { PatientID: "p".repeat(256) } } },
    });
    await sandbox.medicalImaging.send(update);
    const { imageSetWorkflowStatus } = await settle(sandbox, datastoreId, imageSetId);
    expect(imageSetWorkflowStatus).toBe(expected.update);
  });

  test("a file that would be kept as it came fails, in the words of the release", async () => {
    const { job } = await importFiles(sandbox, datastoreId, "originals", {
      "xl.dcm": dicomFile(instanceElements(), { transferSyntaxUID: "1.2.840.10008.1.2.4.112" }),
    });
    const [failure] = await readLines(sandbox.s3, `${job.outputS3Uri ?? ""}FAILURE/failure.ndjson`);
    expect(failure).toHaveProperty(
      "exception.message",
      `Transfer syntax 1.2.840.10008.1.2.4.112 is not supported by ${expected.unsupportedBy}`,
    );
  });

  test("the metadata has the members of frames that the release has", async () => {
    const imageSetId = await importSlices(sandbox, datastoreId, "frames", 1, 2);
    const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
    const [instance] = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances));
    const { ImageFrames, DICOM: _, DICOMVRs: __, ...members } = instance ?? {};
    expect(members).toEqual(expected.frameMembers);
    const levels = ImageFrames?.[0]?.PixelDataChecksumFromBaseToFullResolution ?? [];
    expect(levels.length > 1).toBe(expected.hasLevels);
    expect(levels.at(-1)).toMatchObject({ Width: 256, Height: 256 });
  });
});
