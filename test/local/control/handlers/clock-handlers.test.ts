import {
  CreateDatastoreCommand,
  GetDatastoreCommand,
  MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EmulatorClock } from "../../../../src/domain/time/emulator-clock.ts";
import { createEmulator, type Emulator } from "../../../../src/index.ts";
import { ManualClock } from "../../../manual-clock.ts";
import { createLocal, type Local } from "../local.ts";

let real: ManualClock;
let emulator: Emulator;
let local: Local;
let client: MedicalImagingClient;
beforeEach(async () => {
  real = new ManualClock();
  emulator = await createEmulator({
    clock: new EmulatorClock(real),
    quotas: { "Maximum data stores": 5_000 },
  });
  local = createLocal(emulator);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new MedicalImagingClient({
    region: "us-east-1",
    credentials,
    requestHandler: emulator.requestHandler,
  });
});
afterEach(() => emulator.close());

const post = (body: unknown) => local("POST", "clock", body);
const create = async (): Promise<string> =>
  (await client.send(new CreateDatastoreCommand({}))).datastoreId ?? "";

describe("GET /_local/clock", () => {
  test("answers the time, whether the clock is frozen, and what is due next", async () => {
    expect(await local("GET", "clock")).toEqual({
      code: 200,
      now: "2024-05-01T12:00:00.000Z",
      isFrozen: false,
      nextDue: null,
      fired: [],
      firedLeftOut: 0,
    });
    await create();
    expect(await local("GET", "clock")).toMatchObject({ nextDue: "2024-05-01T12:00:00.500Z" });
  });
});

describe("POST /_local/clock", () => {
  test("freezes and resumes the clock", async () => {
    expect(await post({ action: "freeze" })).toMatchObject({ code: 200, isFrozen: true, fired: [] });
    real.advance(1_000);
    expect(await local("GET", "clock")).toMatchObject({ now: "2024-05-01T12:00:00.000Z" });
    expect(await post({ action: "resume" })).toMatchObject({ isFrozen: false });
    real.advance(1_000);
    expect(await local("GET", "clock")).toMatchObject({ now: "2024-05-01T12:00:01.000Z" });
  });

  test("advances the clock, and lists the state changes in order with their times", async () => {
    await post({ action: "freeze" });
    const first = await create();
    await post({ action: "advance", by: "100ms" });
    const second = await create();
    const { code, ...answer } = await post({ action: "advance", by: "PT1S" });
    const change = { from: "CREATING", to: "ACTIVE" };
    expect([code, answer]).toEqual([
      200,
      {
        now: "2024-05-01T12:00:01.100Z",
        isFrozen: true,
        nextDue: null,
        fired: [
          { at: "2024-05-01T12:00:00.500Z", resource: `datastore/${first}`, ...change },
          { at: "2024-05-01T12:00:00.600Z", resource: `datastore/${second}`, ...change },
        ],
        firedLeftOut: 0,
      },
    ]);
  });

  test("advances a running clock, which continues from there", async () => {
    expect(await post({ action: "advance", by: "1h" })).toMatchObject({
      isFrozen: false,
      now: "2024-05-01T13:00:00.000Z",
    });
    real.advance(1_000);
    expect(await local("GET", "clock")).toMatchObject({ now: "2024-05-01T13:00:01.000Z" });
  });

  test("sets or freezes at a time, and does everything that falls due on the way", async () => {
    await create();
    expect(await post({ action: "set", at: "2024-05-01T14:00:00+02:00" })).toMatchObject({ fired: [] });
    expect(await post({ action: "set", at: "2024-05-01T12:00:00.500Z" })).toMatchObject({
      now: "2024-05-01T12:00:00.500Z",
      isFrozen: false,
      fired: [{ to: "ACTIVE" }],
    });
    expect(await post({ action: "freeze", at: "2026-01-15T02:00:00Z" })).toMatchObject({
      now: "2026-01-15T02:00:00.000Z",
      isFrozen: true,
    });
    expect(await post({ action: "set", at: "2026-02-28" })).toMatchObject({
      now: "2026-02-28T00:00:00.000Z",
    });
  });

  test("makes one move after another, and each answer lists its own changes", async () => {
    await post({ action: "freeze" });
    await create();
    const moves = await Promise.all([
      post({ action: "advance", by: "400ms" }),
      post({ action: "advance", by: "400ms" }),
    ]);
    expect(moves.map(({ fired = [] }) => fired.length)).toEqual([0, 1]);
    expect(await local("GET", "clock")).toMatchObject({ now: "2024-05-01T12:00:00.800Z" });
  });

  test("lists a thousand changes and counts the rest", async () => {
    await post({ action: "freeze" });
    for (let count = 0; count < 1_003; count++) {
      await emulator.handle({
        method: "POST",
        path: "/datastore",
        query: "",
        headers: {},
        body: (async function* () {
          yield Buffer.from(JSON.stringify({ clientToken: `t${count}` }));
        })(),
      });
    }
    const { fired = [], firedLeftOut } = await post({ action: "advance", by: "1s" });
    expect([fired.length, firedLeftOut]).toEqual([1_000, 3]);
  });

  test.each([
    [{ action: "set", at: "2024-05-01T11:59:59Z" }, "Time cannot go back"],
    [{ action: "freeze", at: "2024-05-01T11:59:59.999Z" }, "Time cannot go back"],
    [{ action: "advance", by: "-PT5M" }, "time cannot go back"],
    [{ action: "advnace", by: "PT5M" }, 'Did you mean "advance"?'],
    [{ action: "scale" }, '"scale" is not an action. Expected one of freeze, advance, set, resume'],
    [{ action: 5 }, "The body has no action"],
    [{}, "The body has no action"],
    [{ action: "toString" }, '"toString" is not an action'],
    [{ action: "advance", bye: "PT5M" }, '"bye" is not a key. Did you mean "by"? Expected one of by, at'],
    [{ action: "advance", by: "PT5M", at: "2026-01-01T00:00:00Z" }, "advance does not accept at"],
    [{ action: "resume", by: "PT5M" }, "resume does not accept by"],
    [{ action: "advance" }, "by is missing, expected a duration"],
    [{ action: "advance", by: 300 }, "by expects a duration such as PT5M or 250ms, got 300"],
    [{ action: "advance", by: "P1M" }, "no fixed length"],
    [{ action: "advance", by: "P999Y" }, "no fixed length"],
    [{ action: "advance", by: "soon" }, 'by: "soon" is not a duration'],
    [{ action: "set" }, "at is missing"],
    [{ action: "set", at: "2026-02-30T00:00:00Z" }, "at expects a time with its zone"],
    [{ action: "set", at: "2026-01-15T02:00:00" }, "with its zone"],
    [{ action: "set", at: "2026-01-15T25:00:00Z" }, "at expects a time with its zone"],
    [{ action: "set", at: 0 }, "at expects a time such as"],
    [{ action: "set", at: "9999-12-31T23:59:59.999-00:01" }, "beyond the year 9999"],
    [[], "not a JSON object"],
    ["{", "not a JSON object"],
    ["", "not a JSON object"],
  ])("refuses %j", async (body, reason) => {
    const before = await local("GET", "clock");
    const { code, message } = await post(body);
    expect([code, message]).toEqual([400, expect.stringContaining(reason)]);
    expect(await local("GET", "clock")).toEqual(before);
  });

  test("does not run beyond the year 9999: no answer has a time that clients cannot read", async () => {
    await post({ action: "set", at: "9999-12-31T23:59:59.999Z" });
    real.advance(60_000);
    const datastoreId = await create();
    expect(await local("GET", "clock")).toMatchObject({ now: "9999-12-31T23:59:59.999Z", nextDue: null });
    const { datastoreProperties } = await client.send(new GetDatastoreCommand({ datastoreId }));
    expect(datastoreProperties?.createdAt?.getUTCFullYear()).toBe(9999);
  });

  test("does not go beyond the year 9999 by repeated advances", async () => {
    await post({ action: "set", at: "9999-12-31T23:59:59Z" });
    expect(await post({ action: "advance", by: "999ms" })).toMatchObject({
      code: 200,
      now: "9999-12-31T23:59:59.999Z",
    });
    expect(await post({ action: "advance", by: "1ms" })).toMatchObject({ code: 400 });
  });

  test("refuses to move a clock that the program itself supplies", async () => {
    await using other = await createEmulator({ clock: new ManualClock() });
    expect(await createLocal(other)("POST", "clock", { action: "freeze" })).toMatchObject({
      code: 409,
      message: "This emulator uses the clock of the program that started it: move the clock there",
    });
  });
});

describe("/_local/durations", () => {
  test("lists how long each state lasts, and changes it for states that begin later", async () => {
    const before = await local("GET", "durations");
    expect(before).toMatchObject({ datastoreCreatingMs: 500, imageSetUpdatingMs: 300, jobSubmittedMs: 250 });
    await post({ action: "freeze" });
    const early = await create();
    expect(await local("POST", "durations", { datastoreCreatingMs: "PT2M", jobSubmittedMs: 0 })).toEqual({
      ...before,
      datastoreCreatingMs: 120_000,
      jobSubmittedMs: 0,
    });
    const late = await create();
    const { fired = [] } = await post({ action: "advance", by: "PT2M" });
    expect(fired.map(({ at, resource }) => [at, resource])).toEqual([
      ["2024-05-01T12:00:00.500Z", `datastore/${early}`],
      ["2024-05-01T12:02:00.000Z", `datastore/${late}`],
    ]);
  });

  test.each([
    [
      { datastoreCreating: 5 },
      '"datastoreCreating" is not a duration. Did you mean "datastoreCreatingMs"? Expected one of datastoreCreatingMs, ',
    ],
    [JSON.parse('{"__proto__": 5}'), '"__proto__" is not a duration'],
    [{ jobSubmittedMs: -1 }, "a whole number of milliseconds"],
    [{ jobSubmittedMs: 1.5 }, "a whole number of milliseconds"],
    [{ jobSubmittedMs: 1e300 }, "a whole number of milliseconds"],
    [{ jobSubmittedMs: null }, "a whole number of milliseconds"],
    [{ jobSubmittedMs: "P1M" }, "jobSubmittedMs: "],
    [{ datastoreCreatingMs: 1, jobSubmittedMs: "no" }, "jobSubmittedMs: "],
  ])("refuses %j, and changes nothing", async (body, reason) => {
    const before = await local("GET", "durations");
    const { code, message } = await local("POST", "durations", body);
    expect([code, message]).toEqual([400, expect.stringContaining(reason)]);
    expect(await local("GET", "durations")).toEqual(before);
  });
});
