import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyImageSetCommand,
  ListDICOMImportJobsCommand,
  ListImageSetVersionsCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import type { AccountReport } from "../../../src/index.ts";
import {
  createActiveDatastore,
  importFiles,
  NO_TIME,
  openControlled,
  type ControlledSandbox,
} from "../../clients.ts";
import { until } from "../../until.ts";
import { controlled as test } from "../../elsewhere.ts";
import { findImageSets, importSlices, readDocument, settle } from "../image-sets/image-sets.ts";
import { advance, hold, push, release } from "../states/frozen.ts";
import { importStudy, instanceOf, seriesUid, STUDY, statusOf, studyUpdate } from "./studies.ts";

let sandbox: ControlledSandbox;
let datastoreId: string;
let named: string;
let siblings: string[];
let count = 0;
beforeAll(async () => {
  sandbox = await openControlled({ serviceRelease: "2026-06" });
});
afterAll(() => sandbox[Symbol.asyncDispose]());
beforeEach(async () => {
  datastoreId = await createActiveDatastore(sandbox.medicalImaging, `study-${++count}`);
  [named = "", ...siblings] = await importStudy(sandbox, datastoreId, `study-${count}`, { series: 3 });
});

afterEach(() => release(sandbox, "imageSet/*"));

type Update = Parameters<typeof studyUpdate>[2];
const send = (wanted: Update, imageSetId = named) =>
  sandbox.medicalImaging.send(studyUpdate(datastoreId, imageSetId, wanted));
const all = () => [named, ...siblings];
const statuses = (imageSetIds = all()) =>
  Promise.all(imageSetIds.map((imageSetId) => statusOf(sandbox, datastoreId, imageSetId)));
async function update(change: Update): Promise<string[]> {
  await send(change);
  for (const imageSetId of all()) await settle(sandbox, datastoreId, imageSetId);
  return statuses();
}
const document = (imageSetId: string, version?: string) =>
  readDocument(sandbox, datastoreId, imageSetId, version);
const documents = () => Promise.all(all().map((imageSetId) => document(imageSetId)));
const SEX = { updatable: { Patient: { DICOM: { PatientSex: "O" } } } };
const UPDATED = "2 ACTIVE UPDATED";
const failed = (message: string) => Array(3).fill(`2 ACTIVE UPDATE_FAILED ${message}`);

test("an update of a study changes all its primary image sets at once", async () => {
  const plain = await sandbox.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId: named,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    }),
  );
  const copy = plain.destinationImageSetProperties?.imageSetId ?? "";
  await settle(sandbox, datastoreId, copy);
  const [other = ""] = await importStudy(sandbox, datastoreId, `other-${count}`, {
    study: "1.2.9",
    series: 1,
  });
  await hold(sandbox, "imageSet/*", "UPDATING_FOR_STUDY_CONSISTENCY");
  expect(await send(SEX)).toMatchObject({
    imageSetId: named,
    latestVersionId: "2",
    imageSetState: "LOCKED",
    imageSetWorkflowStatus: "UPDATING",
  });
  expect(await statuses()).toEqual([
    "2 LOCKED UPDATING",
    ...Array(2).fill("2 LOCKED UPDATING_FOR_STUDY_CONSISTENCY"),
  ]);
  expect((await documents()).map(({ Patient }) => Patient.DICOM["PatientSex"])).toEqual(Array(3).fill(null));
  await release(sandbox, "imageSet/*");
  for (const imageSetId of all()) await settle(sandbox, datastoreId, imageSetId);
  expect(await statuses()).toEqual(Array(3).fill(UPDATED));
  expect((await documents()).map(({ Patient }) => Patient.DICOM["PatientSex"])).toEqual(Array(3).fill("O"));
  for (const imageSetId of all())
    expect((await document(imageSetId, "1")).Patient.DICOM["PatientSex"]).toBeNull();
  const [sibling = ""] = siblings;
  const { imageSetPropertiesList = [] } = await sandbox.medicalImaging.send(
    new ListImageSetVersionsCommand({ datastoreId, imageSetId: sibling }),
  );
  expect(imageSetPropertiesList).toMatchObject([
    { versionId: "2", ImageSetWorkflowStatus: "UPDATED" },
    { versionId: "1" },
  ]);
  const untouched = await statuses([copy, other]);
  expect(untouched.map((status) => status[0])).toEqual(["1", "1"]);
});

test("without the flag the other image sets of the study stay", async () => {
  expect((await update({ ...SEX, includeStudyImageSets: false })).map((status) => status[0])).toEqual([
    "2",
    "1",
    "1",
  ]);
});

test("later updates follow, from any image set of the study", async () => {
  await update(SEX);
  const [sibling = ""] = siblings;
  await send(
    { removable: { Study: { DICOM: { StudyDescription: "Study" } } }, latestVersionId: "2" },
    sibling,
  );
  for (const imageSetId of all()) await settle(sandbox, datastoreId, imageSetId);
  expect(await statuses()).toEqual(Array(3).fill("3 ACTIVE UPDATED"));
  for (const { Study } of await documents()) expect(Study.DICOM).not.toHaveProperty("StudyDescription");
});

describe("what fails for one image set", () => {
  test("of the study fails for all, and the message names it", async () => {
    const [first = "", second = ""] = await importStudy(sandbox, datastoreId, `mixed-${count}`, {
      study: "1.2.7",
      firstDescription: "Head",
    });
    await send({ removable: { Study: { DICOM: { StudyDescription: "Head" } } } }, first);
    await settle(sandbox, datastoreId, first);
    const message = `INVALID_REQUEST:  Image set ${second}: DICOM attribute StudyDescription has a value that differs from the one to be removed`;
    expect(await statuses([first, second])).toEqual(Array(2).fill(`2 ACTIVE UPDATE_FAILED ${message}`));
    expect((await document(first)).Study.DICOM["StudyDescription"]).toBe("Head");
    expect(await document(first)).toEqual(await document(first, "1"));
  });

  test("of the call fails for all", async () => {
    expect(
      await update({ updatable: { Study: { DICOM: { StudyInstanceUID: "1.2" } } }, force: true }),
    ).toEqual(
      failed(
        "INVALID_REQUEST:  DICOM attribute StudyInstanceUID cannot be updated or removed in a primary image set",
      ),
    );
  });

  test("by hand fails for all, whichever it is", async () => {
    await hold(sandbox, "imageSet/*");
    await send(SEX);
    const [, last = ""] = siblings;
    expect(await push(sandbox, `imageSet/${last}`, "UPDATE_FAILED", { message: "no room" })).toMatchObject({
      code: 200,
    });
    expect(await statuses()).toEqual(failed("no room"));
    await release(sandbox, "imageSet/*");
    expect(await findImageSets(sandbox, datastoreId)).toHaveLength(3);
  });

  test("by force cancels it for the others", async () => {
    await hold(sandbox, "imageSet/*");
    await send(SEX);
    const [first = "", last = ""] = siblings;
    await push(sandbox, `imageSet/${first}`, "UPDATED", { force: true });
    await push(sandbox, `imageSet/${last}`, "COPIED", { force: true });
    await release(sandbox, "imageSet/*");
    expect((await statuses())[0]).toBe("2 ACTIVE UPDATED");
    expect((await statuses())[2]).toBe("2 ACTIVE COPIED");
  });
});

describe("changes of a series or an instance", () => {
  const ofSeries = (index: number) => ({
    Study: { DICOM: { StudyID: "x" }, Series: { [seriesUid(index)]: { DICOM: { SeriesDescription: "s" } } } },
  });
  const seriesOnly = (index: number) => ({ Study: { Series: ofSeries(index).Study.Series } });

  test("are those of the named image set, beside changes of the study", async () => {
    const both = { Patient: { DICOM: { PatientSex: "O" } }, ...seriesOnly(0) };
    expect(await update({ updatable: both })).toEqual(Array(3).fill(UPDATED));
    const described = (await documents()).map(({ Patient, Study }) => [
      Patient.DICOM["PatientSex"],
      ...Object.values(Study.Series).map(({ DICOM }) => DICOM["SeriesDescription"]),
    ]);
    expect(described).toEqual([
      ["O", "s"],
      ["O", undefined],
      ["O", undefined],
    ]);
  });

  test("alone leave the others as they are", async () => {
    const after = await update({ updatable: seriesOnly(0) });
    expect(after.map((status) => status[0])).toEqual(["2", "1", "1"]);
  });

  test("of another image set of the study fail", async () => {
    const both = { Patient: { DICOM: { PatientSex: "O" } }, ...seriesOnly(1) };
    expect(await update({ updatable: both })).toEqual(
      failed(`INVALID_REQUEST:  Series ${seriesUid(1)} does not exist in the image set`),
    );
  });
});

describe("a call is refused", () => {
  test("with revertToVersionId", async () => {
    await expect(send({ revertToVersionId: "1" })).rejects.toMatchObject({
      name: "ValidationException",
      message: "includeStudyImageSets is not supported with revertToVersionId",
    });
  });

  test("for an image set that is not primary", async () => {
    const { destinationImageSetProperties } = await sandbox.medicalImaging.send(
      new CopyImageSetCommand({
        datastoreId,
        sourceImageSetId: named,
        copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
      }),
    );
    const copy = destinationImageSetProperties?.imageSetId ?? "";
    await settle(sandbox, datastoreId, copy);
    await expect(send(SEX, copy)).rejects.toMatchObject({
      name: "ValidationException",
      message: `includeStudyImageSets is for primary image sets: image set ${copy} is not primary`,
    });
  });

  test.each(["UPDATING", "IMPORTING"])(
    "while one of the study is %s, and changes nothing",
    async (status) => {
      const [, last = ""] = siblings;
      await hold(sandbox, `imageSet/${last}`, status);
      await push(sandbox, `imageSet/${last}`, status);
      await expect(send(SEX)).rejects.toMatchObject({
        name: "ConflictException",
        message: `Image set ${last} is LOCKED: ${status}`,
      });
      expect((await statuses()).map((one) => one[0])).toEqual(["1", "1", "2"]);
      await release(sandbox, `imageSet/${last}`);
    },
  );

  test("above the quota of concurrent updates, of which a study counts as one", async () => {
    await using small = await openControlled({
      serviceRelease: "2026-06",
      quotas: { "Maximum concurrent UpdateImageSetMetadata requests per data store": 2 },
    });
    const id = await createActiveDatastore(small.medicalImaging);
    const [first = ""] = await importStudy(small, id, "first", { series: 3 });
    const [second = ""] = await importStudy(small, id, "second", { study: "1.2.5", series: 1 });
    const [third = ""] = await importStudy(small, id, "third", { study: "1.2.6", series: 1 });
    await hold(small, "imageSet/*");
    await small.medicalImaging.send(studyUpdate(id, first, SEX));
    await small.medicalImaging.send(studyUpdate(id, second, SEX));
    await expect(small.medicalImaging.send(studyUpdate(id, third, SEX))).rejects.toMatchObject({
      name: "ServiceQuotaExceededException",
    });
  });
});

test("of two updates of a study at once one is made, and the other is a ConflictException", async () => {
  const results = await Promise.allSettled(all().map((imageSetId) => send(SEX, imageSetId)));
  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  for (const imageSetId of all()) await settle(sandbox, datastoreId, imageSetId);
  expect(await statuses()).toEqual(Array(3).fill(UPDATED));
});

test("an import that comes meanwhile waits, and is merged into the updated version", async () => {
  const [sibling = ""] = siblings;
  await hold(sandbox, "imageSet/*", "UPDATING_FOR_STUDY_CONSISTENCY");
  await send(SEX);
  const importing = importFiles(sandbox, datastoreId, `meanwhile-${count}`, {
    "new.dcm": instanceOf(STUDY, 1, "1.2.3.9"),
  });
  await until(
    async () =>
      (await sandbox.medicalImaging.send(new ListDICOMImportJobsCommand({ datastoreId }))).jobSummaries ?? [],
    (jobs) => jobs.some(({ jobStatus }) => jobStatus === "IN_PROGRESS"),
  );
  expect((await statuses())[1]).toBe("2 LOCKED UPDATING_FOR_STUDY_CONSISTENCY");
  await release(sandbox, "imageSet/*");
  expect((await importing).job.jobStatus).toBe("COMPLETED");
  expect(await statusOf(sandbox, datastoreId, sibling)).toBe("3 ACTIVE IMPORTED");
  const { Patient, Study } = await document(sibling);
  expect(Patient.DICOM["PatientSex"]).toBe("O");
  expect(Object.keys(Object.values(Study.Series)[0]?.Instances ?? {})).toHaveLength(2);
});

test("with 2024-05 the input is ignored and reported", async () => {
  await using older = await openControlled();
  const id = await createActiveDatastore(older.medicalImaging);
  const imageSetId = await importSlices(older, id, "older", 0, 1);
  let hint: string | undefined;
  const command = studyUpdate(id, imageSetId, SEX);
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      hint = (result.response as { headers: Record<string, string> }).headers["x-local-hint"];
      return result;
    },
    { step: "deserialize" },
  );
  await older.medicalImaging.send(command);
  expect(hint).toBe("includeStudyImageSets is ignored: newer than the service of 2024-05");
  await settle(older, id, imageSetId);
  expect(await statusOf(older, id, imageSetId)).toBe(UPDATED);
});

test("clock moves and the report name each image set with its status", async () => {
  const durations = { ...NO_TIME, imageSetUpdatingMs: 300 };
  await using frozen = await openControlled({ serviceRelease: "2026-06", durations });
  const id = await createActiveDatastore(frozen.medicalImaging);
  const [first = "", second = ""] = await importStudy(frozen, id, "moved");
  await frozen.local("POST", "clock", { action: "freeze" });
  await frozen.medicalImaging.send(studyUpdate(id, first, SEX));
  expect(await statusOf(frozen, id, second)).toBe("2 LOCKED UPDATING_FOR_STUDY_CONSISTENCY");
  const { fired } = await advance(frozen, "300ms");
  expect(fired).toMatchObject([
    { resource: `imageSet/${first}`, from: "LOCKED/UPDATING", to: "ACTIVE/UPDATED" },
    {
      resource: `imageSet/${second}`,
      from: "LOCKED/UPDATING_FOR_STUDY_CONSISTENCY",
      to: "ACTIVE/UPDATED",
    },
  ]);
  const { accounts } = (await frozen.local("GET", "report?account=000000000000")) as object as {
    accounts: readonly AccountReport[];
  };
  const [account] = accounts;
  expect(account?.states["imageSet"]).toMatchObject({ "LOCKED/UPDATING_FOR_STUDY_CONSISTENCY": 1 });
  expect(account?.unseen).toEqual(
    expect.arrayContaining([
      {
        resource: `imageSet/${second}`,
        seen: "LOCKED/UPDATING_FOR_STUDY_CONSISTENCY",
        now: "ACTIVE/UPDATED",
      },
    ]),
  );
});

test("a study-wide update that fails leaves no document behind", async () => {
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  try {
    await using stored = await openControlled({ data, serviceRelease: "2026-06" });
    const id = await createActiveDatastore(stored.medicalImaging);
    const primaries = await importStudy(stored, id, "study", { firstDescription: "Head" });
    const [first = ""] = primaries;
    const documentsOf = async (imageSetId: string) =>
      (await readdir(join(data, "datastores", id, "image-sets", imageSetId))).filter((name) =>
        name.startsWith("metadata"),
      );
    const before = await Promise.all(primaries.map(documentsOf));
    const removable = { Study: { DICOM: { StudyDescription: "Head" } } };
    await stored.medicalImaging.send(studyUpdate(id, first, { removable }));
    await settle(stored, id, first);
    expect(await statusOf(stored, id, first)).toContain("2 ACTIVE UPDATE_FAILED");
    expect(await Promise.all(primaries.map(documentsOf))).toEqual(before);
  } finally {
    await rm(data, { recursive: true });
  }
});

test("a study-wide update that a stop interrupts goes on for all image sets", async () => {
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  const open = (imageSetUpdatingMs: number) =>
    openControlled({ data, serviceRelease: "2026-06", durations: { ...NO_TIME, imageSetUpdatingMs } });
  try {
    const during = await open(3_600_000);
    const id = await createActiveDatastore(during.medicalImaging);
    const primaries = await importStudy(during, id, "study");
    await during.medicalImaging.send(studyUpdate(id, primaries[0] ?? "", SEX));
    await during[Symbol.asyncDispose]();
    await using after = await open(0);
    for (const imageSetId of primaries) {
      await settle(after, id, imageSetId);
      expect(await statusOf(after, id, imageSetId)).toBe(UPDATED);
      expect((await readDocument(after, id, imageSetId)).Patient.DICOM["PatientSex"]).toBe("O");
      expect((await readDocument(after, id, imageSetId)).Study.DICOM["StudyInstanceUID"]).toBe(STUDY);
    }
  } finally {
    await rm(data, { recursive: true });
  }
});
