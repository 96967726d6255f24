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
import { findImageSets } from "../image-sets/image-sets.ts";

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

describe.each<
  [ServiceRelease, { imageSets: number; members: readonly string[]; folders: readonly string[] }]
>([
  ["2024-05", { imageSets: 2, members: [], folders: ["SUCCESS", "FAILURE"] }],
  [
    "2026-06",
    { imageSets: 1, members: ["imageSetVersion", "isPrimary"], folders: ["SUCCESS", "FAILURE", "WARNING"] },
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
});
