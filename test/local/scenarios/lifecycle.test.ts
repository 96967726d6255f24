import type { MedicalImaging } from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { readText } from "../../clients.ts";
import { updateCommand } from "../../contract/image-sets/image-sets.ts";
import { failureOf, importFrames, openFaulty, type Faulty, type FrameAddress } from "./faulty.ts";

let faulty: Faulty;
let api: MedicalImaging;
beforeEach(async () => {
  faulty = await openFaulty("in process");
  api = faulty.medicalImaging;
  faulty.clock.freeze();
});
afterEach(async () => faulty[Symbol.asyncDispose]());

const rule = (match: string, effects: string, more = ""): string =>
  `{ id: r, match: { ${match} }, effects: [${effects}]${more} }`;
const CREATING = "transition: { resource: datastore, from: CREATING }";

async function create(datastoreName = "new", client = api): Promise<() => Promise<string | undefined>> {
  const { datastoreId } = await client.createDatastore({ datastoreName });
  await faulty.clock.advance(0);
  return async () => (await client.getDatastore({ datastoreId })).datastoreProperties?.datastoreStatus;
}
const status = async (): Promise<Record<string, unknown>> =>
  (await faulty.local("GET", "/_local/scenarios/test/status")).json as Record<string, unknown>;
const post = (action: string, body?: string) =>
  faulty.local("POST", `/_local/scenarios/test/${action}`, body);

test.each([
  ["a signal", () => post("signal", '{"signal": "go"}')],
  ["its deactivation", () => post("deactivate")],
  ["its reset", () => post("reset")],
  ["a new activation", () => post("activate")],
  ["its removal", () => faulty.local("DELETE", "/_local/scenarios/test")],
  ["the time it says", () => faulty.clock.advance(60_000)],
  ["the scenario's time to live", () => faulty.clock.advance(50_000)],
])("a hold ends with %s, and not earlier", async (what, end) => {
  const ttl = what.includes("to live") ? "50s" : "10m";
  await faulty.play(`ttl: ${ttl}\nrules: [${rule(CREATING, "{ hold: { signal: go, for: 1m } }")}]`);
  const current = await create();
  await faulty.clock.advance(49_999);
  expect(await current()).toBe("CREATING");
  expect(await status()).toMatchObject({ held: [{ rule: "r", status: "CREATING" }] });
  if (what.includes("to live")) await faulty.clock.advance(1);
  else await end();
  await faulty.clock.advance(0);
  expect(await current()).toBe("ACTIVE");
});

test("a wait advances the clock to the end of a hold, and says so where the hold has no end", async () => {
  await faulty.play(`rules: [${rule(CREATING, "{ hold: { for: 1h } }")}]`);
  const wait = async () => {
    const { datastoreId } = await api.createDatastore({ datastoreName: "waited" });
    return faulty.local("GET", `/_local/wait?resource=datastore/${datastoreId}&status=ACTIVE&autoAdvance=1`);
  };
  const begin = faulty.clock.now();
  expect(await wait()).toMatchObject({ status: 200, json: { status: "ACTIVE" } });
  expect(faulty.clock.now() - begin).toBe(3_600_000);
  await faulty.play(`ttl: 10m\nrules: [${rule(CREATING, "{ hold: {} }")}]`);
  expect(await wait()).toMatchObject({
    status: 408,
    json: { message: expect.stringContaining("is CREATING and is held") },
  });
});

test("a signal that nothing waits for is refused with the signals that are awaited", async () => {
  await faulty.play(`rules: [${rule(CREATING, "{ hold: { signal: go } }")}]`);
  expect(await post("signal", '{"signal": "go"}')).toMatchObject({ status: 409 });
  const current = await create();
  expect(await post("signal", '{"signal": "og"}')).toMatchObject({
    status: 409,
    json: { message: expect.stringContaining('did you mean "go"?') },
  });
  expect(await current()).toBe("CREATING");
  expect(await post("signal", '{"signal": "go"}')).toMatchObject({ status: 200, json: { held: [] } });
  expect(await current()).toBe("ACTIVE");
});

test("effects happen one after the other, and a scenario that ends drops those to come", async () => {
  const effects = "{ delay: { for: 10s } }, { hold: { signal: go } }, { delay: { for: 5s } }, { fail: {} }";
  await faulty.play(`rules: [${rule(CREATING, effects)}]`);
  const failing = await create();
  const dropped = await create();
  await faulty.clock.advance(10_000);
  await post("signal", '{"signal": "go"}');
  await faulty.clock.advance(4_999);
  expect(await failing()).toBe("CREATING");
  await faulty.clock.advance(1);
  expect([await failing(), await dropped()]).toEqual(["CREATE_FAILED", "CREATE_FAILED"]);
  const freed = await create();
  await post("deactivate");
  expect(await freed()).toBe("ACTIVE");
});

test("a hold lasts as long as the state of the scenario that arms its rule", async () => {
  await faulty.play(`rules:
  - ${rule(CREATING, "{ hold: {} }")}
states:
  - { id: ill, rules: [r], next: [{ after: 30s, goto: well }] }
  - { id: well, rules: [], next: [{ signal: break, goto: worse }] }
  - { id: worse, rules: [r], next: [{ hits: { rule: r, count: 2 }, goto: well }] }`);
  const first = await create();
  await faulty.clock.advance(29_999);
  expect(await first()).toBe("CREATING");
  await faulty.clock.advance(1);
  expect(await first()).toBe("ACTIVE");
  await post("signal", '{"signal": "break"}');
  const second = await create();
  expect(await second()).toBe("CREATING");
  await create();
  expect(await second()).toBe("ACTIVE");
});

test("transitions are counted by name and caller, once each, also when rules are asked again", async () => {
  const match = `${CREATING}, datastore: "name:radio*", caller: { account: "111122223333" }`;
  await faulty.play(`rules: [${rule(match, "{ hold: {} }", ", when: { every: 2 }")}]`);
  const mine = faulty.connect("111122223333");
  const made = [];
  for (const [name, client] of [
    ["radiology", mine],
    ["radiology", api],
    ["research", mine],
    ["radiology", mine],
    ["radio", mine],
  ] as const) {
    made.push(await create(name, client));
  }
  await faulty.local("PUT", "/_local/resources/datastore/*/hold", '{"status": "DELETING"}');
  expect(await Promise.all(made.map((current) => current()))).toEqual([
    "ACTIVE",
    "ACTIVE",
    "ACTIVE",
    "CREATING",
    "ACTIVE",
  ]);
  expect(await status()).toMatchObject({ rules: [{ hits: 1 }] });
});

test("a seed selects the same transitions in another emulator", async () => {
  const play = async (emulator: Faulty): Promise<string> => {
    await emulator.play(
      `seed: 5\nrules: [${rule(CREATING, "{ fail: {} }", ", when: { probability: 0.5 }")}]`,
    );
    const made = [];
    for (let count = 0; count < 24; count++) {
      const { datastoreId } = await emulator.medicalImaging.createDatastore({ datastoreName: "new" });
      made.push(datastoreId);
    }
    await emulator.clock.advance(0);
    const answers = made.map((datastoreId) => emulator.medicalImaging.getDatastore({ datastoreId }));
    return (await Promise.all(answers))
      .map(({ datastoreProperties }) => (datastoreProperties?.datastoreStatus === "ACTIVE" ? "." : "x"))
      .join("");
  };
  await using other = await openFaulty("in process");
  other.clock.freeze();
  const drawn = await play(faulty);
  expect(new Set(drawn).size).toBe(2);
  expect(await play(other)).toBe(drawn);
});

test("a held copy keeps its source and its destination LOCKED, and fails both", async () => {
  faulty.clock.resume();
  const [from] = (await importFrames(faulty, 1)) as [FrameAddress];
  faulty.clock.freeze();
  const match = "transition: { resource: imageSet, from: COPYING }, imageSet: { dicom: { Modality: CT } }";
  await faulty.play(`rules: [${rule(match, "{ delay: { for: 10s } }, { fail: { message: torn } }")}]`);
  const { destinationImageSetProperties: copy } = await api.copyImageSet({
    datastoreId: from.datastoreId,
    sourceImageSetId: from.imageSetId,
    copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
  });
  const both = [from.imageSetId, copy?.imageSetId];
  const statuses = () =>
    Promise.all(
      both.map(async (imageSetId) => {
        const imageSet = await api.getImageSet({ datastoreId: from.datastoreId, imageSetId });
        return [imageSet.imageSetState, imageSet.imageSetWorkflowStatus, imageSet.message];
      }),
    );
  await faulty.clock.advance(9_999);
  expect(await statuses()).toEqual([
    ["LOCKED", "COPYING_WITH_READ_ONLY_ACCESS", undefined],
    ["LOCKED", "COPYING", undefined],
  ]);
  await faulty.clock.advance(1);
  expect(await statuses()).toEqual([
    ["ACTIVE", "COPY_FAILED", "torn"],
    ["ACTIVE", "COPY_FAILED", "torn"],
  ]);
});

test("a copy is one transition, whether a rule matches its source or its destination", async () => {
  faulty.clock.resume();
  const [from] = (await importFrames(faulty, 1)) as [FrameAddress];
  faulty.clock.freeze();
  const locked = "transition: { resource: imageSet, from: LOCKED }";
  await faulty.play(`rules: [${rule(locked, "{ delay: { for: 10s } }", ", when: { every: 2 }")}]`);
  const { datastoreId, imageSetId: sourceImageSetId } = from;
  for (const expected of ["COPIED", "LOCKED"]) {
    await api.copyImageSet({
      datastoreId,
      sourceImageSetId,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    });
    await faulty.clock.advance(9_999);
    const { imageSetState, imageSetWorkflowStatus } = await api.getImageSet({
      datastoreId,
      imageSetId: sourceImageSetId,
    });
    expect([imageSetState, imageSetWorkflowStatus]).toContain(expected);
    await faulty.clock.advance(1);
  }
  expect((await api.getImageSet(from)).imageSetWorkflowStatus).toBe("COPIED");
  expect(await status()).toMatchObject({ rules: [{ hits: 1 }] });
});

test("states of zero duration do not stop a clock from being moved", async () => {
  await faulty.play(`rules: [${rule(CREATING, "{ hold: { for: 20ms } }")}]
states:
  - { id: a, rules: [r], next: [{ after: 0s, goto: b }] }
  - { id: b, rules: [r], next: [{ after: 0s, goto: a }] }`);
  const current = await create();
  await faulty.clock.advance(20);
  expect(await current()).toBe("ACTIVE");
});

test("a resource whose state is set by hand is not held in its next transition", async () => {
  faulty.clock.resume();
  const [frame] = (await importFrames(faulty, 1)) as [FrameAddress];
  const { datastoreId, imageSetId } = frame;
  faulty.clock.freeze();
  const match = "transition: { resource: imageSet, from: LOCKED/UPDATING }";
  await faulty.play(`rules: [${rule(match, "{ hold: {} }", ", when: { nth: 1 }")}]`);
  const update = (versionId: string, text: string) =>
    api.send(
      updateCommand(datastoreId, imageSetId, versionId, {
        updatable: { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: text } } },
      }),
    );
  await update("1", "one");
  await faulty.clock.advance(1_000);
  expect(await status()).toMatchObject({ held: [{ resource: `imageSet/${imageSetId}` }] });
  await faulty.local("PUT", `/_local/resources/imageSet/${imageSetId}/status`, '{"status": "UPDATED"}');
  expect(await status()).toMatchObject({ held: [] });
  await update("2", "two");
  await faulty.clock.advance(0);
  expect((await api.getImageSet({ datastoreId, imageSetId })).imageSetWorkflowStatus).toBe("UPDATED");
});

/** Starts an import of two slices and lets it come to its end. */
async function runJob(jobName = "nightly-1") {
  const bucket = `jobs-${crypto.randomUUID().slice(0, 8)}`;
  await faulty.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const { name, bytes } of createSampleSeries(2)) {
    await faulty.s3.send(new PutObjectCommand({ Bucket: bucket, Key: `in/${name}`, Body: bytes }));
  }
  const { datastoreId } = await api.createDatastore({});
  await faulty.clock.advance(0);
  const { jobId } = await api.startDICOMImportJob({
    datastoreId,
    jobName,
    dataAccessRoleArn: "arn:aws:iam::000000000000:role/import",
    inputS3Uri: `s3://${bucket}/in/`,
    outputS3Uri: `s3://${bucket}/out/`,
    clientToken: bucket,
  });
  await faulty.clock.advance(0);
  const read = async () => (await api.getDICOMImportJob({ datastoreId, jobId })).jobProperties;
  const { outputS3Uri = "", ...job } = (await read()) ?? {};
  return {
    ...job,
    jobId,
    read,
    failures: () => readText(faulty.s3, `${outputS3Uri}FAILURE/failure.ndjson`),
    manifest: () => readText(faulty.s3, `${outputS3Uri}job-output-manifest.json`),
  };
}

test.each(["SUBMITTED", "IN_PROGRESS"])("a job fails while it is %s, with the message", async (from) => {
  const match = `transition: { resource: importJob, from: ${from} }, job: { name: nightly-* }`;
  await faulty.play(`rules: [${rule(match, "{ fail: { message: Access denied to the KMS key } }")}]`);
  const { jobStatus, message, manifest } = await runJob();
  expect([jobStatus, message]).toEqual(["FAILED", "Access denied to the KMS key"]);
  expect(await manifest()).toContain("numberOfImportedFiles");
  expect((await runJob("weekly")).jobStatus).toBe("COMPLETED");
});

test("a manifest is late or missing, and the job and the rest of its report do not wait for it", async () => {
  await faulty.play(`rules:
  - { id: late, match: { job: { name: late } }, effects: [{ manifest: { delay: 10s } }] }
  - { id: none, match: { job: { name: none } }, effects: [{ manifest: { omit: true } }] }`);
  const [late, none] = [await runJob("late"), await runJob("none")];
  expect([late.jobStatus, none.jobStatus]).toEqual(["COMPLETED", "COMPLETED"]);
  expect([await late.failures(), await none.failures()]).toEqual(["", ""]);
  await faulty.clock.advance(9_999);
  expect(await failureOf(late.manifest())).toMatchObject({ name: "NoSuchKey" });
  await post("deactivate");
  await faulty.clock.advance(1);
  expect(JSON.parse(await late.manifest())).toMatchObject({ jobSummary: { numberOfImportedFiles: 2 } });
  await faulty.clock.advance(86_400_000);
  expect(await failureOf(none.manifest())).toMatchObject({ name: "NoSuchKey" });
});

test.each(["{}", '{"account": "000000000000"}'])("a reset of %s cancels pending manifests", async (body) => {
  await faulty.play("rules: [{ id: late, effects: [{ manifest: { delay: 10s } }] }]");
  const { manifest } = await runJob();
  await faulty.local("POST", "/_local/reset", body);
  faulty.clock.freeze();
  await faulty.clock.advance(20_000);
  expect(await failureOf(manifest())).toMatchObject({ name: "NoSuchKey" });
});

test("the manifest of a job that fails is late as well", async () => {
  await faulty.play(`rules:
  - { id: f, match: { transition: { resource: importJob, from: IN_PROGRESS } }, effects: [{ fail: {} }] }
  - { id: m, effects: [{ manifest: { delay: 10s } }] }`);
  const { jobStatus, manifest } = await runJob();
  expect(jobStatus).toBe("FAILED");
  expect(await failureOf(manifest())).toMatchObject({ name: "NoSuchKey" });
  await faulty.clock.advance(10_000);
  expect(await manifest()).toContain('"numberOfImportedFiles":0');
});

test("the journal lists state changes that belong to no request, beside the requests", async () => {
  await faulty.play(`rules:
  - { id: slow, match: { transition: { resource: importJob } }, effects: [{ delay: { for: 1ms } }] }
  - { id: none, effects: [{ manifest: { omit: true } }] }`);
  await runJob();
  await faulty.clock.advance(10);
  const hits = async (query: string) => {
    const { json } = await faulty.local("GET", `/_local/requests?${query}`);
    return (json as { hits: { fault: string }[] }).hits.map(({ fault }) => fault);
  };
  const all = ["test/slow#1", "test/none#1", "test/slow#2"];
  expect(await hits("")).toEqual(all);
  expect(await hits("account=000000000000&fault=test/slow")).toEqual(["test/slow#1", "test/slow#2"]);
  expect(await hits("account=111122223333")).toEqual([]);
  expect(await hits("op=*")).toEqual([]);
  await faulty.local("DELETE", "/_local/requests");
  expect(await hits("")).toEqual([]);
});
