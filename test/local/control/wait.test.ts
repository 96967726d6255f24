import { CreateDatastoreCommand } from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ClockMoves } from "../../../src/local/control/handlers/clock-moves.ts";
import { LongPoll } from "../../../src/local/control/long-poll.ts";
import { EmulatorClock } from "../../../src/domain/time/emulator-clock.ts";
import { createEmulator, startEmulator } from "../../../src/index.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { openServer, type ServerSandbox } from "../../clients.ts";
import { ManualClock } from "../../manual-clock.ts";
import { createTransitions } from "../../transitions.ts";
import { until } from "../../until.ts";
import { createLocal, type Local } from "./local.ts";

const JSON_TYPE = { "content-type": "application/json" };

let real: ManualClock;
let clock: EmulatorClock;
let sandbox: ServerSandbox;
let local: Local;
let resource: string;
beforeEach(async () => {
  real = new ManualClock();
  clock = new EmulatorClock(real);
  sandbox = await openServer({ clock });
  local = createLocal(sandbox.emulator);
  resource = `datastore/${await create()}`;
});
afterEach(() => sandbox[Symbol.asyncDispose]());

const create = async (): Promise<string> =>
  (await sandbox.medicalImaging.send(new CreateDatastoreCommand({}))).datastoreId ?? "";
const wait = (status: string, others = "") =>
  local("GET", `wait?resource=${resource}&status=${status}${others}`);
/** A wait that has reached the emulator: it begins some turns after the call. */
async function beginWait(status: string, others = ""): Promise<{ readonly answer: ReturnType<typeof wait> }> {
  const before = real.scheduled;
  const answer = wait(status, others);
  await until(async () => real.scheduled > before, Boolean);
  return { answer };
}
const push = (status: string, force = false) =>
  local("PUT", `resources/${resource}/status`, { status, force });

/** What it is now: a promise that is not settled is undefined. */
const peek = async <T>(promise: Promise<T>): Promise<T | undefined> =>
  Promise.race([promise, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);

describe("a wait", () => {
  test("ends at once when the resource has the awaited status already", async () => {
    expect(await wait("CREATING")).toEqual({
      code: 200,
      resource,
      status: "CREATING",
      now: "2024-05-01T12:00:00.000Z",
      message: null,
    });
  });

  test("ends when the awaited status is reached, not before", async () => {
    const waiting = await beginWait("ACTIVE,CREATE_FAILED");
    expect(await peek(waiting.answer)).toBeUndefined();
    real.advance(499);
    expect(await peek(waiting.answer)).toBeUndefined();
    real.advance(1);
    expect(await waiting.answer).toMatchObject({
      code: 200,
      status: "ACTIVE",
      now: "2024-05-01T12:00:00.500Z",
    });
  });

  test("does not miss a status that passes between two others", async () => {
    const waiting = await beginWait("ACTIVE");
    await Promise.all([push("ACTIVE"), push("DELETING"), push("DELETED")]);
    expect(await waiting.answer).toMatchObject({ code: 200, status: "ACTIVE" });
    expect(await wait("DELETED")).toMatchObject({ code: 200 });
  });

  test("times out in real time, also when the emulator's clock is frozen", async () => {
    clock.freeze();
    const waiting = await beginWait("ACTIVE", "&timeout=10s");
    real.advance(9_999);
    expect(await peek(waiting.answer)).toBeUndefined();
    real.advance(1);
    expect(await waiting.answer).toEqual({
      code: 408,
      resource,
      status: "CREATING",
      now: "2024-05-01T12:00:00.000Z",
      message: `The timeout has passed: ${resource} is CREATING, not ACTIVE`,
    });
    const none = await beginWait("ACTIVE", "&timeout=0s");
    real.advance(0);
    expect(await none.answer).toMatchObject({ code: 408 });
    const unasked = await beginWait("ACTIVE");
    real.advance(30_000);
    expect(await unasked.answer).toMatchObject({ code: 408 });
  });

  test.each([
    ["datastore/nope", "DELETED"],
    ["importJob/nope", "FAILED"],
    ["imageSet/nope", "LOCKED"],
  ])("for the unknown resource %s is answered with 404", async (unknown, status) => {
    expect(await local("GET", `wait?resource=${unknown}&status=${status}`)).toMatchObject({
      code: 404,
      message: `${unknown} does not exist`,
    });
  });

  test("for a status that cannot be reached ends at once, and says which status is there", async () => {
    const waiting = await beginWait("ACTIVE");
    await push("CREATE_FAILED");
    expect(await waiting.answer).toEqual({
      code: 409,
      resource,
      status: "CREATE_FAILED",
      now: "2024-05-01T12:00:00.000Z",
      message: `${resource} is CREATE_FAILED and can no longer become ACTIVE`,
    });
    expect(await wait("CREATING,ACTIVE")).toMatchObject({ code: 409 });
  });

  test.each([
    ["", "resource is missing"],
    ["?resource=importJob/1", "status is missing"],
    ["?resource=importJob/1&status=DONE", "Expected one of SUBMITTED, IN_PROGRESS, COMPLETED, FAILED"],
    ["?resource=importJob/1&status=COMPLETE", 'Did you mean "COMPLETED"?'],
    ["?resource=importJob/1&status=COMPLETED,", '"" is not a status of an importJob'],
    ["?resource=imageSet/1&status=ACTIVE/UPDATING", "Expected one of ACTIVE, LOCKED, CREATED, "],
    ["?resource=datastore/1&status=toString", "Expected one of CREATING"],
    ["?resource=job/1&status=COMPLETED", "Expected one of datastore, importJob, imageSet"],
    ["?resource=importJob&status=COMPLETED", "does not name a resource"],
    ["?resource=importJob/1/2&status=COMPLETED", "does not name a resource"],
    ["?resource=importJob/1&status=FAILED&timeout=10", "is not a duration"],
    ["?resource=importJob/1&status=FAILED&timeout=11m", "at most 10 minutes"],
    ["?resource=importJob/1&status=FAILED&autoAdvance=yes", "autoAdvance expects 1 or 0"],
    ["?resource=importJob/1&status=FAILED&timout=1s", 'Did you mean "timeout"?'],
    ["?resource=importJob/1&status=FAILED&status=COMPLETED", "status is given more than once"],
    ["?resource=%E0%A4%A&status=FAILED", "does not name a resource"],
  ])("with the query '%s' is refused", async (query, reason) => {
    const { code, message } = await local("GET", `wait${query}`);
    expect([code, message]).toEqual([400, expect.stringContaining(reason)]);
  });
});

describe("a wait that moves a frozen clock", () => {
  test("moves it to the time of the awaited status, and no farther", async () => {
    clock.freeze();
    expect(await wait("ACTIVE", "&autoAdvance=1")).toMatchObject({
      code: 200,
      now: "2024-05-01T12:00:00.500Z",
    });
    expect(clock.now()).toBe(Date.UTC(2024, 4, 1, 12, 0, 0, 500));
  });

  test("fails at once where nothing is due, and says why nothing is due", async () => {
    clock.freeze();
    await local("PUT", `resources/${resource}/hold`, "");
    expect(await wait("ACTIVE", "&autoAdvance=1")).toMatchObject({
      code: 408,
      message: `Nothing is due on the frozen clock: ${resource} is CREATING and is held, not ACTIVE`,
    });
    await local("DELETE", `resources/${resource}/hold`, "");
    expect(await wait("DELETING,DELETED", "&autoAdvance=true")).toMatchObject({
      code: 408,
      status: "ACTIVE",
    });
  });

  test("does not move a running clock", async () => {
    const waiting = await beginWait("ACTIVE", "&autoAdvance=1");
    expect(await peek(waiting.answer)).toBeUndefined();
    expect(clock.now()).toBe(Date.UTC(2024, 4, 1, 12));
    real.advance(500);
    expect(await waiting.answer).toMatchObject({ code: 200 });
  });

  test("does not move it to the time when a record that is kept for a while expires", async () => {
    clock.freeze();
    await local("POST", "clock", { action: "advance", by: "1h" });
    expect(await wait("DELETED", "&autoAdvance=1")).toMatchObject({
      code: 408,
      now: "2024-05-01T13:00:00.000Z",
    });
  });

  test("is refused where the program supplies the clock itself", async () => {
    await using other = await createEmulator({ clock: new ManualClock() });
    const answer = await createLocal(other)("GET", "wait?resource=datastore/1&status=ACTIVE&autoAdvance=1");
    expect(answer).toMatchObject({ code: 409, message: expect.stringContaining("clock of the program") });
  });
});

describe("the state behind a wait", () => {
  function build() {
    const state = new MemoryState();
    const datastore = { datastoreId: "d", datastoreStatus: "CREATING" } as never;
    state.update(({ datastores }) => datastores.put(datastore));
    const waits = new LongPoll({
      state,
      clock,
      transitions: createTransitions(clock),
      moves: new ClockMoves({ clock, state }),
    });
    const begin = (whenGone: (task: () => void) => void = () => {}) =>
      waits.wait(
        {
          resource: { kind: "datastore", id: "d" },
          statuses: new Set(["ACTIVE"]),
          timeoutMs: 30_000,
          autoAdvance: false,
        },
        whenGone,
      );
    return { state, waits, begin };
  }

  test("is removed when its client disconnects", async () => {
    const { waits, begin } = build();
    let leave = (): void => {};
    const waiting = begin((task) => (leave = task));
    expect(waits.size).toBe(1);
    leave();
    await waiting;
    expect(waits.size).toBe(0);
  });

  test("is removed when the emulator stops, and the client is told", async () => {
    const { waits, begin } = build();
    const waiting = [begin(), begin()];
    expect(waits.size).toBe(2);
    waits.stop();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([503, 503]);
    expect(waits.size).toBe(0);
  });

  test("is removed with its resource", async () => {
    const { state, begin } = build();
    const waiting = begin();
    state.update(({ datastores }) => datastores.drop("d"));
    expect((await waiting).status).toBe(404);
  });
});

test("a close answers waiting clients over a socket before it ends their connections", async () => {
  const begun = Promise.withResolvers<void>();
  const timeouts = new (class extends ManualClock {
    override schedule(delayMs: number, task: () => void): () => void {
      if (delayMs === 12_345) begun.resolve();
      return super.schedule(delayMs, task);
    }
  })();
  const emulator = await startEmulator({ clock: new EmulatorClock(timeouts) });
  const creation = { method: "POST", headers: JSON_TYPE, body: '{"clientToken": "a"}' };
  const created = await fetch(`${emulator.url}/datastore`, creation);
  const { datastoreId } = (await created.json()) as { datastoreId: string };
  const wanted = `resource=datastore/${datastoreId}&status=ACTIVE&timeout=12345ms`;
  const waiting = fetch(`${emulator.url}/_local/wait?${wanted}`);
  await begun.promise;
  const [answer] = await Promise.all([waiting, emulator.close()]);
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { message: expect.stringContaining("stopped") },
  ]);
});
