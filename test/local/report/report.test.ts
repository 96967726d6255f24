import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateDatastoreCommand,
  GetDatastoreCommand,
  GetDICOMImportJobCommand,
  GetImageSetCommand,
  ListDatastoresCommand,
  MedicalImagingClient,
  paginateListDatastores,
  SearchImageSetsCommand,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { model, shapeOf } from "../../../src/api/model/model.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import {
  createEmulator,
  type AccountReport,
  type ComposeOptions,
  type Emulator,
} from "../../../src/index.ts";
import { LISTS } from "../../../src/local/report/recorder.ts";
import { SHOW_STATUSES, tokenIn } from "../../../src/local/report/shown-statuses.ts";
import { updateCommand } from "../../contract/image-sets/image-sets.ts";
import { createLocal } from "../control/local.ts";

const ACCOUNT = "111122223333";
const NO_TIME = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0, imageSetUpdatingMs: 0 };

let emulator: Emulator;
const begin = async (options: ComposeOptions = {}): Promise<void> => {
  emulator = await createEmulator(options);
};
afterEach(() => emulator.close());

function clientOf(accessKeyId = ACCOUNT, region = "us-east-1"): MedicalImagingClient {
  const credentials = { accessKeyId, secretAccessKey: "test" };
  return new MedicalImagingClient({
    region,
    credentials,
    requestHandler: emulator.requestHandler,
    maxAttempts: 1,
  });
}

async function reportOf(account = ACCOUNT): Promise<AccountReport> {
  const { accounts } = await emulator.control.report(account);
  if (accounts[0] === undefined) throw new Error("a report has the account that was asked for");
  return accounts[0];
}

const create = (client: MedicalImagingClient, datastoreName?: string) =>
  client.send(new CreateDatastoreCommand({ datastoreName }));

describe("the report", () => {
  beforeEach(() => begin());

  test("counts operations by their outcome, separately for each account", async () => {
    const client = clientOf();
    await create(client);
    const missing = new GetDatastoreCommand({ datastoreId: "0".repeat(32) });
    for (const command of [missing, missing, new GetDatastoreCommand({ datastoreId: "no" })])
      await client.send(command).catch(() => {});
    await create(clientOf("444455556666"));
    const { operations, neverCalled } = await reportOf();
    expect(operations).toEqual({
      CreateDatastore: { requests: 1, succeeded: 1, errors: {} },
      GetDatastore: {
        requests: 3,
        succeeded: 0,
        errors: { ResourceNotFoundException: 2, ValidationException: 1 },
      },
    });
    expect(neverCalled).toContain("GetDICOMInstance");
    expect(neverCalled).not.toContain("GetDatastore");
    const { accounts, since } = await emulator.control.report();
    expect(accounts.map(({ account }) => account)).toEqual([ACCOUNT, "444455556666"]);
    expect(Date.parse(since)).toBeGreaterThan(0);
  });

  test("is empty for an account without calls, after a reset and after it is cleared", async () => {
    const empty = { operations: {}, states: {}, unread: {}, unseen: [], throttled: {}, refused: {} };
    expect(await reportOf()).toMatchObject(empty);
    const clears = [
      () => emulator.reset(),
      () => emulator.reset({ account: ACCOUNT }),
      () => emulator.control.clearReport(ACCOUNT),
      () => emulator.control.clearReport(),
    ];
    for (const clear of clears) {
      for (const _ of [1, 2]) await create(clientOf());
      expect(await reportOf()).not.toMatchObject(empty);
      await clear();
      expect(await reportOf()).toMatchObject(empty);
      await create(clientOf());
      expect((await reportOf()).throttled).toEqual({});
    }
    await emulator.control.clearReport(ACCOUNT);
    expect((await emulator.control.report()).accounts).toEqual([]);
  });

  test("begins, after a reset, at the time of the clock that the reset has set back", async () => {
    const { clock, report } = { clock: emulator.control.clock, report: () => emulator.control.report() };
    await clock.advance("1w");
    await emulator.reset();
    const { now } = await clock.now();
    expect(Date.parse((await report()).since)).toBeLessThanOrEqual(Date.parse(now));
  });

  test("lists the states that clients saw, and the resources whose end no client saw", async () => {
    const client = clientOf();
    await emulator.control.clock.freeze();
    const { datastoreId } = await create(client);
    const resource = `datastore/${datastoreId}`;
    expect(await reportOf()).toMatchObject({
      states: { datastore: { CREATING: 1 } },
      unseen: [{ resource, seen: "CREATING", now: "CREATING" }],
    });
    await emulator.control.clock.advance("1s");
    expect((await reportOf()).unseen).toEqual([{ resource, seen: "CREATING", now: "ACTIVE" }]);
    await client.send(new ListDatastoresCommand({}));
    expect(await reportOf()).toMatchObject({
      states: { datastore: { CREATING: 1, ACTIVE: 1 } },
      unseen: [],
    });
  });

  test("counts pages that were not read; a page whose token was used counts as read", async () => {
    const client = clientOf();
    for (const _ of [1, 2, 3]) await create(client);
    const first = () => client.send(new ListDatastoresCommand({ maxResults: 1 }));
    await first();
    const { nextToken } = await first();
    expect((await reportOf()).unread).toEqual({ ListDatastores: 1 });
    await client.send(new ListDatastoresCommand({ maxResults: 1, nextToken }));
    expect((await reportOf()).unread).toEqual({ ListDatastores: 1 });
    for await (const _ of paginateListDatastores({ client, pageSize: 1 }, {}));
    expect((await reportOf()).unread).toEqual({});
    await first();
    expect((await reportOf()).unread).toEqual({});
  });

  test("counts the calls that AWS would throttle, on the emulator's clock", async () => {
    const client = clientOf();
    await emulator.control.clock.freeze();
    await create(client);
    await create(client);
    expect((await reportOf()).throttled).toEqual({ CreateDatastore: 1 });
    await emulator.control.clock.advance("12s");
    await create(client);
    expect((await reportOf()).throttled).toEqual({ CreateDatastore: 1 });
    await emulator.control.limits.set({ throttling: "aws" });
    await create(client);
    await expect(create(client)).rejects.toThrow("throttling");
    expect(await reportOf()).toMatchObject({
      operations: { CreateDatastore: { requests: 5, succeeded: 4, errors: { ThrottlingException: 1 } } },
      throttled: { CreateDatastore: 2 },
    });
  });

  test("lists the calls that AWS would refuse", async () => {
    await clientOf(ACCOUNT, "mars-north-1").send(new ListDatastoresCommand({}));
    expect((await reportOf()).refused).toEqual({ "HealthImaging is not in the region mars-north-1": 1 });
    const headers = {
      host: "medical-imaging.us-west-2.amazonaws.com",
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20240501/us-east-1/medical-imaging/aws4_request`,
    };
    const ask = (others: Record<string, string>, path = "/datastore") =>
      emulator.handle({ method: "GET", path, query: "", headers: others, body: (async function* () {})() });
    await ask(headers);
    await ask({ ...headers, host: "runtime-localhost:4464" });
    await ask({ ...headers, host: "runtime-localhost:4464" }, "/datastore/no");
    expect((await reportOf()).refused).toEqual({
      "HealthImaging is not in the region mars-north-1": 1,
      "it is signed for another region than its endpoint's": 1,
      "the host's prefix runtime- is that of other operations": 1,
    });
    await ask({});
    expect((await reportOf("000000000000")).refused).toEqual({ "it is not signed": 1 });
  });

  test("lists the calls beyond quotas of AWS that are raised in the emulator", async () => {
    const client = clientOf();
    await emulator.control.limits.set({
      quotas: { "Maximum data stores": 100, "Maximum ImageFrames copied per CopyImageSet request": 5000 },
    });
    for (let count = 0; count < 12; count++) await create(client);
    expect((await reportOf()).refused).toEqual({ "it is beyond the quota 'Maximum data stores'": 2 });
    expect((await emulator.control.report()).quotasNotChecked).toEqual([
      "Maximum ImageFrames copied per CopyImageSet request",
    ]);
  });

  test("keeps 200 accounts, and counts the requests of further accounts only in total", async () => {
    for (let account = 0; account < 203; account++)
      await clientOf(String(100_000_000_000 + account)).send(new ListDatastoresCommand({}));
    const { accounts, requestsLeftOut } = await emulator.control.report();
    expect([accounts.length, requestsLeftOut]).toEqual([200, 3]);
  });

  test("counts the answers that a scenario gives or breaks off", async () => {
    const load = createLocal(emulator);
    const rules = [
      {
        id: "a",
        match: { op: "ListDatastores" },
        when: { nth: 1 },
        effects: [{ unavailable: { status: 503 } }],
      },
      { id: "b", match: { op: "ListDatastores" }, when: { nth: 2 }, effects: [{ reset: { bytes: 0 } }] },
      {
        id: "c",
        match: { op: "ListDatastores" },
        when: { nth: 3 },
        effects: [{ truncate: { bytes: 5, framing: "chunkedClean" } }],
      },
    ];
    expect(await load("PUT", "scenarios/bad?activate=1", { rules })).toMatchObject({ code: 200 });
    for (const _ of [1, 2, 3, 4])
      await clientOf()
        .send(new ListDatastoresCommand({}))
        .catch(() => {});
    expect((await reportOf()).operations["ListDatastores"]).toEqual({
      requests: 4,
      succeeded: 2,
      errors: { "HTTP 503": 1, "answer broken off": 1 },
    });
  });

  test("leaves out the calls of the emulator's own tools", async () => {
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-report-"));
    for (const { name, bytes } of createSampleSeries(1)) await writeFile(join(folder, name), bytes);
    await emulator.control.importFolder(folder, { accessKeyId: ACCOUNT });
    await rm(folder, { recursive: true });
    expect((await emulator.control.report()).accounts).toEqual([]);
  });
});

describe("the JSON report of an import", () => {
  beforeEach(() => begin({ durations: NO_TIME }));

  test("contains its states and those of its image sets, and no DICOM content", async () => {
    const client = clientOf();
    const [{ name, bytes: Body } = { name: "", bytes: new Uint8Array() }] = createSampleSeries(1);
    const s3 = new S3Client({
      region: "us-east-1",
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: "test" },
      requestHandler: emulator.requestHandler,
      forcePathStyle: true,
    });
    await s3.send(new CreateBucketCommand({ Bucket: "dicom" }));
    await s3.send(new PutObjectCommand({ Bucket: "dicom", Key: `in/${name}`, Body }));
    const { datastoreId = "" } = await create(client);
    await emulator.control.wait(`datastore/${datastoreId}`, { status: "ACTIVE" });
    const { jobId = "" } = await client.send(
      new StartDICOMImportJobCommand({
        datastoreId,
        dataAccessRoleArn: `arn:aws:iam::${ACCOUNT}:role/import`,
        inputS3Uri: "s3://dicom/in/",
        outputS3Uri: "s3://dicom/out/",
      }),
    );
    await emulator.control.wait(`importJob/${jobId}`, { status: "COMPLETED" });
    const job = `importJob/${jobId}`;
    expect((await reportOf()).unseen).toContainEqual({ resource: job, seen: "SUBMITTED", now: "COMPLETED" });
    await client.send(new GetDICOMImportJobCommand({ datastoreId, jobId }));
    const found = await client.send(new SearchImageSetsCommand({ datastoreId }));
    const imageSetId = found.imageSetsMetadataSummaries?.[0]?.imageSetId ?? "";
    const update = updateCommand(datastoreId, imageSetId, "1", {
      updatable: { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: "updated text" } } },
    });
    await client.send(update);
    await emulator.control.wait(`imageSet/${imageSetId}`, { status: "UPDATED" });
    await client.send(new GetImageSetCommand({ datastoreId, imageSetId, versionId: "1" }));
    const { states, unseen } = await reportOf();
    expect(states).toMatchObject({
      importJob: { SUBMITTED: 1, COMPLETED: 1 },
      imageSet: { "LOCKED/UPDATING": 1, "ACTIVE/CREATED": 1 },
    });
    expect(unseen.map(({ resource, seen }) => [resource, seen])).toEqual([
      [`datastore/${datastoreId}`, "CREATING"],
      [`imageSet/${imageSetId}`, "LOCKED/UPDATING"],
    ]);
    await client.send(new GetImageSetCommand({ datastoreId, imageSetId }));
    expect((await reportOf()).unseen).toHaveLength(1);
    const all = JSON.stringify(await emulator.control.report());
    for (const secret of ["PHANTOM", "updated text", "slice-", "dicom/in"])
      expect(all.includes(secret), secret).toBe(false);
  });
});

describe("the table of operations that the report reads", () => {
  beforeEach(() => begin());

  /** The names of all members below a shape. */
  const membersOf = (name: string): string[] => {
    const { members = {}, member } = shapeOf(model.shapes, name);
    const below = [...Object.values(members), ...(member === undefined ? [] : [member])];
    return [...Object.keys(members), ...below.flatMap(({ shape }) => membersOf(shape))];
  };
  const operationsWith = (names: readonly string[]): string[] =>
    [...model.operations.values()]
      .filter(({ output }) => membersOf(output).some((member) => names.includes(member)))
      .map(({ name }) => name)
      .toSorted();

  test("contains every operation of the model whose answer shows a status", () => {
    expect([...SHOW_STATUSES].toSorted()).toEqual(
      operationsWith(["datastoreStatus", "jobStatus", "imageSetState"]),
    );
  });

  test("contains every operation of the model with a nextToken", () => {
    expect([...LISTS].toSorted()).toEqual(operationsWith(["nextToken"]));
  });

  test("finds the nextToken of an answer, not a string that looks like one", () => {
    expect(tokenIn({ a: '"nextToken":"x"', nextToken: null })).toBeUndefined();
    expect(tokenIn({ a: [], nextToken: "abc=", sort: null })).toBe("abc=");
  });
});

describe("/_local/report", () => {
  beforeEach(() => begin());

  const ask = async (method: string, query: string) => {
    const request = { method, path: "/_local/report", query, headers: {}, body: (async function* () {})() };
    const { body = "", ...answer } = await emulator.handle(request);
    if (typeof body !== "string") throw new Error("a report is a text");
    return { ...answer, body };
  };

  test("answers plain text with ?format=text", async () => {
    await emulator.control.clock.freeze("2100-01-01T00:00:00Z");
    await emulator.control.clearReport();
    const client = clientOf();
    const { datastoreId } = await create(client);
    await create(client);
    await client.send(new ListDatastoresCommand({ maxResults: 1 }));
    await client.send(new GetDatastoreCommand({ datastoreId: "no" })).catch(() => {});
    const { headers, body } = await ask("GET", "format=text");
    expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    const lines = body.split("\n");
    expect(lines.slice(0, 6)).toEqual([
      "since 2100-01-01T00:00:00.000Z",
      "",
      `account ${ACCOUNT}`,
      "  CreateDatastore  2 of 2 succeeded",
      "  GetDatastore     0 of 1 succeeded, ValidationException 1",
      "  ListDatastores   1 of 1 succeeded",
    ]);
    expect(lines).toContain("  datastore was seen CREATING 3");
    expect(lines).toContain("  unread ListDatastores: 1 nextToken never used");
    expect(lines).toContain(`  unseen datastore/${datastoreId}: last seen CREATING, now CREATING`);
    expect(lines).toContain("  throttled on AWS, CreateDatastore: 1 of 2");
    expect(body).toContain("not covered: whether code handled a message");
  });

  test.each([
    ["GET", "account=1", "account expects 12 digits"],
    ["GET", "format=xml", "format expects json or text"],
    ["GET", "acount=1", "Did you mean"],
    ["DELETE", "format=text", "is not a parameter"],
  ])("%s ?%s is refused", async (method, query, message) => {
    const { status, body } = await ask(method, query);
    expect([status, body]).toEqual([400, expect.stringContaining(message)]);
  });
});
