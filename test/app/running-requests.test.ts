import { afterAll, beforeEach, beforeAll, describe, expect, test } from "vitest";
import { ActivityStream } from "../../src/aws/activity/activity-stream.ts";
import { Journal } from "../../src/aws/activity/journal.ts";
import { ManualClock } from "../manual-clock.ts";
import { failureOf, openFaulty, type Faulty } from "../local/scenarios/faulty.ts";

const ID = "0".repeat(32);

let faulty: Faulty;
beforeAll(async () => {
  faulty = await openFaulty("socket");
});
beforeEach(async () => {
  await faulty.local("DELETE", "/_local/scenarios/test");
  await faulty.local("DELETE", "/_local/requests");
});
afterAll(async () => faulty[Symbol.asyncDispose]());

const list = async (query = ""): Promise<Record<string, unknown>[]> =>
  ((await faulty.local("GET", `/_local/requests${query}`)).json as { requests: Record<string, unknown>[] })
    .requests;
const verify = () => faulty.local("POST", "/_local/scenarios/test/verify");
const getDatastore = () => faulty.medicalImaging.getDatastore({ datastoreId: ID });

describe("the journal of requests", () => {
  test("contains no part of the signature of a presigned URL", async () => {
    const credential = "X-Amz-Credential=key/20240501/us-east-1/medical-imaging/aws4_request";
    const secrets = "X-Amz-Security-Token=token&X-Amz-Signature=signature";
    await fetch(`${faulty.url}/datastore?${credential}&${secrets}&maxResults=1`);
    const [{ query, accessKeyId } = {}] = await list();
    expect([query, accessKeyId]).toEqual([
      `${credential}&X-Amz-Security-Token=...&X-Amz-Signature=...&maxResults=1`,
      "key",
    ]);
  });

  test("records the caller, the operation, the attempt and the outcome of each request", async () => {
    await failureOf(getDatastore());
    await faulty.medicalImaging.createDatastore({ datastoreName: "seen" });
    expect(await list()).toMatchObject([
      {
        operation: "GetDatastore",
        path: `/datastore/${ID}`,
        accessKeyId: "test",
        attempt: 1,
        status: 404,
        errorType: "ResourceNotFoundException",
        errorBody: expect.stringContaining("does not exist") as unknown,
      },
      {
        operation: "CreateDatastore",
        status: 200,
        requestBody: expect.stringContaining('"seen"') as unknown,
      },
    ]);
  });

  test.each<[query: string, operations: string[]]>([
    ["?op=Get*", ["GetDatastore"]],
    ["?status=4xx", ["GetDatastore"]],
    ["?status=ResourceNotFoundException", ["GetDatastore"]],
    ["?status=200&op=List*", ["ListDatastores"]],
    ["?accessKey=nobody", []],
    ["?limit=1", ["ListDatastores"]],
    ["?since=2000-01-01T00:00:00Z", ["GetDatastore", "ListDatastores"]],
    ["?since=2100-01-01T00:00:00Z", []],
  ])("can be searched with %s", async (query, operations) => {
    await failureOf(getDatastore());
    await faulty.medicalImaging.listDatastores({});
    expect((await list(query)).map(({ operation }) => operation)).toEqual(operations);
  });

  test("can be searched from a request on, counted, and cleared", async () => {
    await failureOf(getDatastore());
    const [first] = await list();
    await faulty.medicalImaging.listDatastores({});
    expect((await list(`?since=${String(first?.["seq"])}`)).map(({ operation }) => operation)).toEqual([
      "ListDatastores",
    ]);
    const count = await faulty.local(
      "POST",
      "/_local/requests/count",
      '{"op": "GetDatastore", "status": 404}',
    );
    expect(count.json).toEqual({ count: 1, dropped: 0 });
    expect((await faulty.local("DELETE", "/_local/requests")).status).toBe(204);
    expect(await list()).toEqual([]);
  });

  test.each([
    ["/_local/requests?stats=200", '"stats" is not a filter. Did you mean "status"?'],
    ["/_local/requests?status=abc", "status expects a value such as 404"],
    ["/_local/requests?op=NoSuch", '"NoSuch" is not an operation. Expected one of CreateDatastore'],
    ["/_local/calls?op=GetImageFrames", 'not an operation. Did you mean "GetImageFrame"?'],
    ["/_local/requests?since=yesterday", "since expects the seq"],
    ["/_local/calls?limit=-1", "limit expects a number"],
  ])("refuses %s with the reason", async (path, message) => {
    expect(await faulty.local("GET", path)).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining(message) as unknown },
    });
  });

  test("groups the attempts of one call", async () => {
    await faulty.play("rules: [{ id: a, when: { to: 2 }, effects: [{ unavailable: {} }] }]");
    await Promise.all([faulty.medicalImaging.listDatastores({}), faulty.medicalImaging.listDatastores({})]);
    const { calls } = (await faulty.local("GET", "/_local/calls")).json as {
      calls: { outcome: string; attempts: { status: number }[] }[];
    };
    expect(calls.map(({ outcome }) => outcome)).toEqual(["success", "success"]);
    expect(calls.flatMap(({ attempts }) => attempts.map(({ status }) => String(status))).toSorted()).toEqual([
      "200",
      "200",
      "503",
      "503",
    ]);
  });

  test("keeps the last requests, and counts those that it has dropped", () => {
    const activity = new ActivityStream(new ManualClock(), { error: () => {} });
    const journal = new Journal(activity, 3);
    const request = { method: "GET", path: "/", query: "", headers: {}, body: (async function* () {})() };
    const operation = { name: "ListDatastores", errors: [], isReadOnly: true } as never;
    const caller = { account: "0", region: "r", accessKeyId: undefined };
    for (let index = 0; index < 5; index++) activity.open(request).begin(operation, {}, caller);
    expect([journal.entries().map(({ seq }) => seq), journal.dropped]).toEqual([[3, 4, 5], 2]);
    journal.reset();
    activity.open(request).begin(operation, {}, caller);
    expect([journal.entries().map(({ seq }) => seq), journal.dropped]).toEqual([[6], 0]);
  });
});

describe("a scenario's expectations", () => {
  const RULE =
    "rules: [{ id: a, match: { op: ListDatastores }, when: { to: 2 }, effects: [{ unavailable: {} }] }]";
  const MET = `
    - { rule: a, hits: 2 }
    - { rule: a, hits: { atLeast: 1, atMost: 2 } }
    - { calls: { op: ListDatastores, outcome: success, attempts: 3 }, exactly: 1 }
    - { calls: { op: Get*, outcome: failure }, atLeast: 1, atMost: 1 }
    - { order: [ListDatastores, GetDatastore] }
    - { never: { op: DeleteDatastore } }`;
  const expectations = (lines: string): Promise<void> => faulty.play(`${RULE}\nexpect:${lines}`);
  const call = async (): Promise<void> => {
    await faulty.medicalImaging.listDatastores({});
    await failureOf(getDatastore());
  };

  test("are met", async () => {
    await expectations(MET);
    await call();
    expect(await verify()).toMatchObject({ status: 200, json: { ok: true, failures: [], inconclusive: [] } });
  });

  test.each([
    ["- { rule: a, hits: 3 }", "rule a fired 2, expected exactly 3"],
    ["- { calls: { op: ListDatastores }, atLeast: 2 }", "1, expected at least 2"],
    ["- { calls: { attempts: 3 }, atMost: 0 }", "1, expected at most 0"],
    ["- { order: [GetDatastore, ListDatastores] }", "ListDatastores was not called in the order"],
    ["- { never: { op: Get*, outcome: failure } }", "1, expected exactly 0"],
  ])("are not met: %s", async (expectation, message) => {
    await expectations(`\n  ${expectation}`);
    await call();
    expect(await verify()).toMatchObject({
      status: 417,
      json: { ok: false, failures: [{ message: expect.stringContaining(message) as unknown }] },
    });
  });

  test("are inconclusive where the journal has dropped their requests, unless the result is certain all the same", async () => {
    await expectations(`${MET}\n    - { never: { op: Get* } }`);
    await call();
    await faulty.local("DELETE", "/_local/requests");
    await failureOf(getDatastore());
    const { status, json } = await verify();
    expect([status, json]).toMatchObject([
      417,
      { ok: false, failures: [{ expectation: { never: { op: "Get*" } } }], inconclusive: [{}, {}, {}, {}] },
    ]);
  });
});

describe("a reset of one account", () => {
  const MINE = "111122223333";
  const resetMine = () => faulty.local("POST", "/_local/reset", `{"account": "${MINE}"}`);
  const play = (name: string, account?: string) => {
    const scope = account === undefined ? {} : { scope: { account } };
    const rules = [{ id: "a", match: { op: "GetDatastore" }, effects: [{ latency: { fixed: "0s" } }] }];
    const scenario = JSON.stringify({ ...scope, rules, expect: [{ never: { op: "Delete*" } }] });
    return faulty.local("PUT", `/_local/scenarios/${name}?activate=1`, scenario);
  };
  const verdictOf = async (name: string) =>
    (await faulty.local("POST", `/_local/scenarios/${name}/verify`)).json;

  test("forgets its requests, and no others", async () => {
    const mine = faulty.connect(MINE);
    await mine.listDatastores({});
    await failureOf(getDatastore());
    await mine.listDatastores({});
    await resetMine();
    await mine.listDatastores({});
    expect((await list()).map(({ operation }) => operation)).toEqual(["GetDatastore", "ListDatastores"]);
  });

  test("leaves the expectations of another account's scenario certain, and those of a scenario for all accounts inconclusive", async () => {
    await Promise.all([play("all"), play("other", "000000000000")]);
    await faulty.connect(MINE).listDatastores({});
    await resetMine();
    expect(await verdictOf("other")).toEqual({ ok: true, failures: [], inconclusive: [] });
    expect(await verdictOf("all")).toMatchObject({ ok: false, failures: [], inconclusive: [{}] });
    await play("all");
    expect(await verdictOf("all")).toMatchObject({ ok: true });
    await faulty.local("DELETE", "/_local/scenarios");
  });
});
