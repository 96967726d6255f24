import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { QUOTAS, THROTTLES } from "../../../../src/api/limits/published-limits.ts";
import { startEmulator, type EmulatorServer } from "../../../../src/index.ts";
import { ManualClock } from "../../../manual-clock.ts";

let emulator: EmulatorServer;
beforeEach(async () => {
  emulator = await startEmulator({ clock: new ManualClock(), throttling: "aws" });
});
afterEach(() => emulator.close());

const read = async (): Promise<Record<string, Record<string, unknown>>> =>
  (await (await fetch(`${emulator.url}/_local/limits`)).json()) as Awaited<ReturnType<typeof read>>;
const post = (body: unknown): Promise<Response> =>
  fetch(`${emulator.url}/_local/limits`, {
    method: "POST",
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
const create = async (): Promise<number> =>
  (
    await fetch(`${emulator.url}/datastore`, {
      method: "POST",
      body: JSON.stringify({ clientToken: crypto.randomUUID() }),
    })
  ).status;

describe("GET /_local/limits", () => {
  test("lists every throttle and every quota", async () => {
    const { throttling, throttles = {}, quotas = {}, deny } = await read();
    expect([throttling, deny]).toEqual(["aws", []]);
    expect(Object.keys(throttles).toSorted()).toEqual([...THROTTLES.keys()].toSorted());
    expect(Object.keys(quotas).toSorted()).toEqual(QUOTAS.map(({ name }) => name).toSorted());
    expect(quotas["Maximum size of all files in a DICOM import job"]).toEqual({
      value: 10,
      unit: "GB",
      adjustable: false,
    });
    expect(quotas["Maximum concurrent import jobs per data store"]).toEqual({
      value: 100,
      regions: { "ap-southeast-2": 20 },
      adjustable: true,
      use: [],
    });
  });

  test("shows the tokens that are left to each account", async () => {
    await create();
    expect((await read())["throttles"]?.["CreateDatastore"]).toEqual({
      rate: 0.085,
      burst: 1,
      tokens: [{ account: "000000000000", region: "us-east-1", left: 0 }],
    });
  });
});

describe("POST /_local/limits", () => {
  test("changes throttling at once, and answers the new limits", async () => {
    expect([await create(), await create()]).toEqual([200, 429]);
    const response = await post({ throttling: "off" });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { throttling: "off", throttles: {} },
    ]);
    expect([await create(), await create()]).toEqual([200, 200]);
    await post({ throttling: 2 });
    expect([await create(), await create(), await create()]).toEqual([200, 200, 429]);
    await post({ throttling: { limits: { CreateDatastore: { rate: 1, burst: 3 } } } });
    expect([await create(), await create(), await create(), await create()]).toEqual([200, 200, 200, 429]);
  });

  test("accepts the throttling and deny that GET answers", async () => {
    const throttling = { limits: { GetDatastore: { rate: 1, burst: 1 } } };
    await post({ throttling, deny: ["medical-imaging:Get*"] });
    const shown = await read();
    expect(shown).toMatchObject({ throttling, deny: ["medical-imaging:Get*"] });
    expect((await post({ throttling: shown["throttling"], deny: shown["deny"] })).status).toBe(200);
  });

  test("changes quotas", async () => {
    await post({ throttling: "off", quotas: { "Maximum data stores": 1 } });
    expect([await create(), await create()]).toEqual([200, 402]);
    await post({ quotas: { "Maximum data stores": 2 } });
    expect([await create(), await create()]).toEqual([200, 402]);
  });

  test("denies, and allows again", async () => {
    await post({ throttling: "off", deny: ["medical-imaging:CreateDatastore"] });
    expect(await create()).toBe(403);
    await post({ deny: [] });
    expect(await create()).toBe(200);
  });

  test("changes nothing with an empty body", async () => {
    await post({ throttling: "off", deny: ["medical-imaging:CreateDatastore"] });
    const response = await post("");
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { throttling: "off", deny: [expect.anything()] },
    ]);
  });

  test.each([
    ["{", "not a JSON object"],
    [new Uint8Array([0x22, 0xff, 0x22]), "not a JSON object"],
    ["[]", "not a JSON object"],
    ["null", "not a JSON object"],
    [{ throttle: "off" }, '"throttle" is not a limit'],
    [{ throttling: null }, "throttling expects"],
    [{ throttling: "10x" }, "throttling expects"],
    [{ quotas: { "Maximum nested folders in a DICOM import job": 1 } }, "not adjustable"],
    [{ deny: "medical-imaging:*" }, "deny expects an array"],
    [{ deny: ["medical-imaging:GetEverything"] }, 'got "medical-imaging:GetEverything"'],
    [
      { deny: ["medical-imaging:DeleteImgSet"] },
      'got "medical-imaging:DeleteImgSet" (did you mean "medical-imaging:DeleteImageSet"?)',
    ],
    [{ deny: ["KEY=PassRole"] }, 'got "KEY=PassRole" (did you mean "iam:PassRole"?)'],
  ])("answers %j with a 400 that says why", async (body, message) => {
    const response = await post(body);
    expect([response.status, await response.json()]).toEqual([
      400,
      { message: expect.stringContaining(message) },
    ]);
  });

  test.each([
    { deny: ["medical-imaging:*"], throttling: "off", quotas: { "Maximum data stores": -1 } },
    { deny: ["nothing"], throttling: "off", quotas: { "Maximum data stores": 1 } },
    { deny: ["medical-imaging:*"], throttling: "none", quotas: { "Maximum data stores": 1 } },
  ])("changes nothing when one member is wrong: %j", async (body) => {
    const before = await read();
    expect((await post(body)).status).toBe(400);
    expect(await read()).toEqual(before);
  });

  test("refuses a body larger than any such change", async () => {
    const { status, headers } = await post(new Uint8Array(100_000));
    expect([status, headers.get("x-local-error")]).toEqual([413, "BodyTooLarge"]);
  });

  test("refuses other methods", async () => {
    expect((await fetch(`${emulator.url}/_local/limits`, { method: "DELETE" })).status).toBe(404);
  });
});
