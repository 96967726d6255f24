import { afterEach, expect, test } from "vitest";
import fc from "fast-check";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, importFiles } from "../../clients.ts";
import { importFrames, openFaulty, readFrame, type Faulty, type FrameAddress } from "./faulty.ts";

const opened: Faulty[] = [];
async function open(): Promise<Faulty> {
  const faulty = await openFaulty("in process");
  opened.push(faulty);
  return faulty;
}
afterEach(async () => {
  for (const faulty of opened.splice(0)) await faulty[Symbol.asyncDispose]();
});

/** Whether the call meets the rule. */
const isHeld = async (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => false,
    (error: Error) => error.message === "held",
  );

test("rules find resources by their names, their DICOM attributes and the jobs they came by", async () => {
  const faulty = await open();
  const { medicalImaging: api } = faulty;
  const [mine] = (await importFrames(faulty, 1, "radiology")) as [FrameAddress];
  const [theirs] = (await importFrames(faulty, 1, "research")) as [FrameAddress];
  const rule = (match: string): Promise<void> =>
    faulty.play(
      `rules: [{ id: a, match: { ${match} }, effects: [{ error: { type: AccessDeniedException, message: held } }] }]`,
    );
  const answers = async (call: (address: FrameAddress) => Promise<unknown>): Promise<boolean[]> => [
    await isHeld(call(mine)),
    await isHeld(call(theirs)),
  ];

  await rule("datastore: 'name:radio*'");
  expect(await answers((address) => api.getImageSet(address))).toEqual([true, false]);
  expect(await answers((address) => api.listDICOMImportJobs(address))).toEqual([true, false]);
  expect(await isHeld(api.listDatastores({}))).toBe(false);

  await rule(`datastore: ${theirs.datastoreId}`);
  expect(await answers((address) => readFrame(api, address))).toEqual([false, true]);

  const { imageSetArn: resourceArn = "" } = await api.getImageSet(mine);
  await rule(`imageSet: { id: ${mine.imageSetId} }`);
  expect(await isHeld(api.listTagsForResource({ resourceArn }))).toBe(true);
  expect(await answers((address) => readFrame(api, address))).toEqual([true, false]);

  await rule("imageSet: { dicom: { PatientID: PHANTOM-*, Modality: [CT, MR] } }");
  expect(await answers((address) => api.getImageSetMetadata(address))).toEqual([true, true]);
  expect(await isHeld(api.searchImageSets(mine))).toBe(false);
  await rule("imageSet: { dicom: { Modality: MR } }");
  expect(await answers((address) => api.getImageSetMetadata(address))).toEqual([false, false]);

  await rule(`frame: ${mine.imageFrameInformation.imageFrameId}`);
  expect(await answers((address) => readFrame(api, address))).toEqual([true, false]);

  await rule("job: { name: 'nightly-*' }");
  const job = {
    datastoreId: mine.datastoreId,
    dataAccessRoleArn: "arn:aws:iam::000000000000:role/import",
    inputS3Uri: "s3://none/",
    outputS3Uri: "s3://none/",
    clientToken: "a",
  };
  expect(await isHeld(api.startDICOMImportJob({ ...job, jobName: "nightly-1" }))).toBe(true);
  expect(await isHeld(api.startDICOMImportJob({ ...job, jobName: "weekly" }))).toBe(false);
});

test("an instance is found by its series as well as by its image set", async () => {
  const faulty = await open();
  const [frame] = (await importFrames(faulty, 1)) as [FrameAddress];
  const path = `/datastore/${frame.datastoreId}/studies/2.25.291834617234511289.1/series/2.25.291834617234511289.1.1/instances/2.25.291834617234511289.1.1.1`;
  const rule = (match: string) =>
    faulty.play(`rules: [{ id: a, match: { ${match} }, effects: [{ throttle: {} }] }]`);
  await rule("op: 'dicomweb:*', imageSet: { dicom: { StudyID: '1' } }");
  for (const query of ["", `?imageSetId=${frame.imageSetId}`]) {
    expect((await faulty.local("GET", path + query)).status).toBe(429);
  }
  expect((await faulty.local("GET", path.replace("series/2.25", "series/1.25"))).status).toBe(404);
  await rule("op: 'dicomweb:*', imageSet: { dicom: { StudyID: '2' } }");
  expect((await faulty.local("GET", path)).status).toBe(200);
});

test("files of an import fail by their keys and their job's data store, with any number of parallel imports", async () => {
  const faulty = await open();
  await faulty.play(`rules:
    - id: some
      match: { file: "**/slice-00[x1-9]*", datastore: "name:radiology" }
      effects: [{ importFile: {} }]
    - id: every-third
      match: { file: "**", datastore: "name:radiology" }
      when: { every: 3, countBy: job }
      effects: [{ importFile: { exceptionType: ThrottlingException, message: third } }]`);
  const datastoreId = await createActiveDatastore(faulty.medicalImaging, "radiology");
  const files = Object.fromEntries(createSampleSeries(7).map(({ name, bytes }) => [name, bytes]));
  await importFiles(faulty, datastoreId, "thirds", files);
  const { json } = await faulty.local("GET", "/_local/scenarios/test/hits");
  expect((json as { subject: { file: string } }[]).map(({ subject }) => subject.file)).toEqual([
    "input/slice-003.dcm",
    "input/slice-006.dcm",
  ]);
});

test("a seed gives the same decisions in another emulator, with other ids and in any order of requests", async () => {
  const play = async (order: readonly number[]): Promise<(boolean | undefined)[][]> => {
    const faulty = await open();
    const frames = await importFrames(faulty, 4);
    await faulty.play(
      "seed: 42\nrules: [{ id: a, match: { op: GetImageFrame }, when: { probability: 0.4 }, effects: [{ error: { type: AccessDeniedException } }] }]",
    );
    const decisions: boolean[][] = frames.map(() => []);
    for (const index of order) {
      const address = frames[index] as FrameAddress;
      const isRefused = await readFrame(faulty.medicalImaging, address).then(
        () => false,
        () => true,
      );
      decisions[index]?.push(isRefused);
    }
    return decisions;
  };
  const calls = Array.from({ length: 40 }, (_, index) => index % 4);
  const expected = await play(calls);
  expect(new Set(expected.map(String)).size).toBe(4);
  const [shuffled = []] = fc.sample(fc.shuffledSubarray(calls, { minLength: 40 }), { numRuns: 1, seed: 3 });
  expect(await play(shuffled)).toEqual(expected);
});

test("the log names an answer that waits on a frozen clock", async () => {
  const warnings: string[] = [];
  const log = { info: () => {}, warn: (text: string) => warnings.push(text), error: () => {} };
  const faulty = await openFaulty("in process", { log });
  opened.push(faulty);
  await faulty.play("rules: [{ id: late, effects: [{ latency: { fixed: 5s } }] }]");
  faulty.clock.freeze();
  const asked = faulty.medicalImaging.listDatastores({});
  await expect
    .poll(() => warnings)
    .toEqual(["test/late#1 delays an answer by 5000 ms, but the clock is frozen: advance or resume it"]);
  await faulty.clock.advance(5_000);
  expect((await asked).datastoreSummaries).toEqual([]);
});

test("concurrent calls are counted one after the other", async () => {
  const faulty = await open();
  await faulty.play(
    "rules: [{ id: a, when: { nth: [3, 7] }, effects: [{ error: { type: AccessDeniedException, force: true } }] }]",
  );
  const calls = Array.from({ length: 10 }, () => faulty.medicalImaging.listDatastores({}));
  const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(2);
});
