import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { readRequest } from "../../../src/app/cli/control-command.ts";
import { ControlCalls } from "../../../src/local/sdk/control-calls.ts";

const JOB = `importJob/${"1".repeat(32)}`;
const IMAGE_SET = `imageSet/${"2".repeat(32)}`;

interface Line {
  readonly flags?: Record<string, string>;
  readonly switches?: readonly string[];
  readonly positionals?: readonly string[];
}

/** What a command sends, and what it shows of an answer. */
async function ask(
  name: string,
  { flags = {}, switches = [], positionals = [] }: Line,
  answer: unknown = {},
) {
  const sent: unknown[] = [];
  const calls = new ControlCalls(async ({ method, path, query, body }) => {
    const json = await text(Readable.from(body));
    sent.push(`${method} ${path}${query === "" ? "" : `?${query}`}${json === "" ? "" : ` ${json}`}`);
    return { status: 200, headers: {}, body: JSON.stringify(answer) };
  });
  const given = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const args = [name, ...positionals, ...given, ...switches.map((flag) => `--${flag}`)];
  const shown = await (await readRequest(args, "/")).ask(calls);
  return { sent, ...shown };
}

const CLOCK = { now: "2026-01-01T00:00:00.000Z", isFrozen: true, nextDue: null, fired: [], firedLeftOut: 0 };

describe("on the command line,", () => {
  test.each([
    [[], "GET /_local/clock"],
    [["now"], "GET /_local/clock"],
    [["freeze"], 'POST /_local/clock {"action":"freeze"}'],
    [["freeze", "2026-01-01"], 'POST /_local/clock {"action":"freeze","at":"2026-01-01"}'],
    [["advance", "5m"], 'POST /_local/clock {"action":"advance","by":"5m"}'],
    [["set", "2026-01-01"], 'POST /_local/clock {"action":"set","at":"2026-01-01"}'],
    [["resume"], 'POST /_local/clock {"action":"resume"}'],
  ])("clock %j sends the matching request", async (positionals, wanted) => {
    const { sent, text: words } = await ask("clock", { positionals }, CLOCK);
    expect(sent).toEqual([wanted]);
    expect(words).toBe("2026-01-01T00:00:00.000Z  frozen, nothing is due");
  });

  test("clock shows what happened on the way, as a table", async () => {
    const fired = [
      { at: "2026-01-01T00:00:00.500Z", resource: "datastore/a", from: "CREATING", to: "ACTIVE" },
      { at: "2026-01-01T00:00:01.000Z", resource: "importJob/bcd", from: null, to: "SUBMITTED" },
    ];
    const answer = { ...CLOCK, isFrozen: false, nextDue: "2026-01-02T00:00:00.000Z", fired, firedLeftOut: 3 };
    const { text: words } = await ask("clock", { positionals: ["advance", "1s"] }, answer);
    expect(words.split("\n")).toEqual([
      "2026-01-01T00:00:00.000Z  running, next due 2026-01-02T00:00:00.000Z",
      "  2026-01-01T00:00:00.500Z  datastore/a    CREATING -> ACTIVE",
      "  2026-01-01T00:00:01.000Z  importJob/bcd  - -> SUBMITTED",
      "  and 3 more",
    ]);
  });

  test("wait ends when the resource has the status", async () => {
    const line = { flags: { status: "COMPLETED,FAILED", timeout: "10s" }, switches: ["auto-advance"] };
    const answer = { resource: JOB, status: "COMPLETED", message: null };
    const { sent, text: words } = await ask("wait", { ...line, positionals: [JOB] }, answer);
    expect(sent).toEqual([
      `GET /_local/wait?resource=${encodeURIComponent(JOB)}&status=COMPLETED%2CFAILED&timeout=10s&autoAdvance=1`,
    ]);
    expect(words).toBe(`${JOB} is COMPLETED`);
  });

  test("durations shows and changes them", async () => {
    const answer = { jobInProgressMs: 2000, jobSubmittedMs: 1 };
    expect((await ask("durations", {}, answer)).sent).toEqual(["GET /_local/durations"]);
    const positionals = ["jobInProgressMs=2000", "jobSubmittedMs=PT1S"];
    const { sent, text: words } = await ask("durations", { positionals }, answer);
    expect(sent).toEqual(['POST /_local/durations {"jobInProgressMs":2000,"jobSubmittedMs":"PT1S"}']);
    expect(words).toBe("  jobInProgressMs  2000 ms\n  jobSubmittedMs   1 ms");
  });

  test("push, hold and release send their requests", async () => {
    const pushed = { positionals: [JOB, "FAILED"], flags: { message: "no" }, switches: ["force"] };
    expect(await ask("push", pushed, { resource: JOB, status: "FAILED", message: "no" })).toMatchObject({
      sent: [`PUT /_local/resources/${JOB}/status {"status":"FAILED","message":"no","force":true}`],
      text: `${JOB} is FAILED: no`,
    });
    const held = { positionals: ["datastore/*"], flags: { status: "CREATING" } };
    const hold = { resource: "datastore/*", statuses: ["CREATING", "DELETING"] };
    expect(await ask("hold", held, hold)).toMatchObject({
      sent: ['PUT /_local/resources/datastore/*/hold {"status":"CREATING"}'],
      text: "datastore/* is held in CREATING, DELETING",
    });
    expect(await ask("hold", {}, { holds: [hold, { ...hold, resource: IMAGE_SET }] })).toMatchObject({
      sent: ["GET /_local/holds"],
      text: `datastore/* is held in CREATING, DELETING\n${IMAGE_SET} is held in CREATING, DELETING`,
    });
    expect((await ask("hold", {}, { holds: [] })).text).toBe("nothing is held");
    expect(
      await ask("status", { positionals: [IMAGE_SET] }, { resource: IMAGE_SET, status: "ACTIVE" }),
    ).toMatchObject({ sent: [`GET /_local/resources/${IMAGE_SET}/status`], text: `${IMAGE_SET} is ACTIVE` });
    expect(await ask("release", { positionals: ["datastore/*"] })).toMatchObject({
      sent: ["DELETE /_local/resources/datastore/*/hold"],
      text: "datastore/* is released",
    });
  });

  test("reset says what became of buckets and data stores", async () => {
    const one = { epoch: 2, cancelledJobs: 1, buckets: { removed: ["a", "b"], kept: ["c"] } };
    expect((await ask("reset", { switches: ["buckets"] }, one)).text).toBe(
      "reset: epoch 2 begins, 1 import job cancelled, 2 buckets removed, kept because they are mounts: c",
    );
    const other = { epoch: 2, cancelledJobs: 0, account: "111122223333", datastores: 1 };
    expect((await ask("reset", { flags: { account: "111122223333" } }, other)).text).toBe(
      "reset: account 111122223333 is empty, 1 data store dropped, 0 import jobs cancelled",
    );
  });

  const ACCOUNT_REPORT = {
    account: "111122223333",
    operations: {},
    neverCalled: [],
    states: {},
    unread: { SearchImageSets: 2 },
    unseen: [],
    unseenLeftOut: 0,
    throttled: {},
    refused: { "it is not signed": 1 },
  };
  const REPORT = {
    since: "2026-01-01T00:00:00.000Z",
    accounts: [ACCOUNT_REPORT],
    requestsLeftOut: 0,
    quotasNotChecked: [],
    outOfReach: ["everything"],
  };

  test.each([
    ["throttled", undefined],
    ["throttled,unseen", undefined],
    ["unread", "--fail-on found 2 unread"],
    ["throttled,refused,refused", "--fail-on found 1 refused"],
    ["refused,unread", "--fail-on found 1 refused, 2 unread"],
  ])("report --fail-on '%s' tells what failed the run: %s", async (failOn, failure) => {
    const flags = { account: "111122223333", "fail-on": failOn };
    const shown = await ask("report", { flags }, REPORT);
    expect(shown).toMatchObject({ json: REPORT, sent: ["GET /_local/report?account=111122223333"] });
    expect([shown.failure, shown.exitCode]).toEqual([failure, failure === undefined ? 0 : 1]);
  });

  test.each([
    ["unseen", "  unread SearchImageSets: 2 nextToken never used\n  refused on AWS, it is not signed: 1\n"],
    ["unread", "  UNREAD SearchImageSets: 2 nextToken never used\n  refused on AWS, it is not signed: 1\n"],
    ["refused", "  unread SearchImageSets: 2 nextToken never used\n  REFUSED on AWS, it is not signed: 1\n"],
  ])("report --fail-on '%s' has in capitals what was asked for", async (failOn, lines) => {
    expect((await ask("report", { flags: { "fail-on": failOn } }, REPORT)).text).toContain(lines);
  });

  test("report --fail-on finds calls for what is not emulated", async () => {
    const account = { ...ACCOUNT_REPORT, notEmulated: { "dynamodb:ListTables": 2, "iam:ListUsers": 1 } };
    const answer = { ...REPORT, accounts: [account] };
    const asked = await ask("report", { flags: { "fail-on": "notEmulated,ignored" } }, answer);
    expect([asked.failure, asked.exitCode]).toEqual(["--fail-on found 3 notEmulated", 1]);
    expect(asked.text).toContain("  NOT EMULATED, dynamodb:ListTables: 2\n");
    expect((await ask("report", {}, answer)).text).toContain("  not emulated, iam:ListUsers: 1\n");
  });

  test("report --fail-on counts the findings that the report leaves out", async () => {
    const account = { ...ACCOUNT_REPORT, unseen: [{ resource: "datastore/1", seen: "CREATING", now: null }] };
    const answer = { ...REPORT, accounts: [{ ...account, unseenLeftOut: 7 }, account] };
    const { failure } = await ask("report", { flags: { "fail-on": "unseen" } }, answer);
    expect(failure).toBe("--fail-on found 9 unseen");
  });

  test("report refuses an unknown --fail-on", async () => {
    await expect(ask("report", { flags: { "fail-on": "throttled,nonsense" } })).rejects.toThrow(
      "--fail-on expects refused,throttled,unread,unseen,ignored,notEmulated, got 'nonsense'",
    );
    expect((await ask("report", {}, { ...REPORT, accounts: [] })).text).toBe(
      "since 2026-01-01T00:00:00.000Z\nno account sent a request\nnot covered: everything",
    );
  });

  test("health ends with 1 for an unhealthy emulator", async () => {
    const answer = { status: "error", version: "1", parts: { s3: { status: "error", detail: "no" } } };
    expect(await ask("health", {}, answer)).toMatchObject({ exitCode: 1, text: "error  1\n  s3  error  no" });
  });
});
