import { describe, expect, test } from "vitest";
import { EmulatorClock } from "../../../src/domain/time/emulator-clock.ts";
import { Retention } from "../../../src/domain/time/retention.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../../manual-clock.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

const job = (jobId: string, endedAt: number | null) => ({ jobId, datastoreId: "d", endedAt }) as never;
const token = (tokenId: string, createdAt: number) => ({ tokenId, datastoreId: "d", createdAt }) as never;

function build(clock = new ManualClock()) {
  const state = new MemoryState();
  const put = (id: string, endedAt: number | null): void =>
    state.update(({ importJobs }) => importJobs.put(job(id, endedAt)));
  const jobs = (): string[] => [...state.importJobs.values()].map(({ jobId }) => jobId);
  return { clock, state, put, jobs };
}

describe("retention", () => {
  test("keeps an import job for 90 days from its end, to the millisecond", () => {
    const { clock, state, put, jobs } = build();
    new Retention({ state, clock }).resume();
    put("running", null);
    put("later", clock.now() + 1);
    put("sooner", clock.now());
    clock.advance(90 * DAY_MS - 1);
    expect(jobs()).toEqual(["running", "later", "sooner"]);
    clock.advance(1);
    expect(jobs()).toEqual(["running", "later"]);
    clock.advance(1);
    expect(jobs()).toEqual(["running"]);
    expect([...state.importJobs.inDatastore("d")]).toHaveLength(1);
  });

  test("keeps a job whose end was undone or moved to a later time", () => {
    const { clock, state, put, jobs } = build();
    new Retention({ state, clock }).resume();
    put("a", null);
    put("b", clock.now());
    const failing = (): void =>
      state.update(({ importJobs }) => {
        importJobs.put(job("a", clock.now()));
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    put("b", clock.now() + DAY_MS);
    clock.advance(90 * DAY_MS);
    expect(jobs()).toEqual(["a", "b"]);
    clock.advance(DAY_MS);
    expect(jobs()).toEqual(["a"]);
  });

  test("drops at the start what expired while the emulator was not running", () => {
    const { clock, state, put, jobs } = build();
    put("old", clock.now() - 90 * DAY_MS);
    put("new", clock.now());
    new Retention({ state, clock }).resume();
    expect(jobs()).toEqual(["new"]);
  });

  test("drops client tokens after a day", () => {
    const { clock, state } = build();
    new Retention({ state, clock }).resume();
    state.update(({ clientTokens }) => clientTokens.put(token("t", clock.now())));
    clock.advance(DAY_MS - 1);
    expect([...state.clientTokens.values()]).toHaveLength(1);
    clock.advance(1);
    expect([...state.clientTokens.values()]).toHaveLength(0);
  });

  test("is not among the due events of the clock, and ends when it is stopped", async () => {
    const clock = new EmulatorClock(new ManualClock());
    const { state } = build();
    const retention = new Retention({ state, clock });
    clock.freeze();
    state.update(({ importJobs }) => importJobs.put(job("a", clock.now())));
    expect(clock.nextDue).toBeUndefined();
    retention.stop();
    await clock.advance(100 * DAY_MS);
    expect([...state.importJobs.values()]).toHaveLength(1);
  });

  test("reads only the jobs that have expired", () => {
    const { clock, state, put } = build();
    new Retention({ state, clock }).resume();
    const now = clock.now();
    for (let index = 0; index < 2_000; index++) put(`j${index}`, now + index);
    let reads = 0;
    const get = state.importJobs.get.bind(state.importJobs);
    state.importJobs.get = (id) => {
      reads += 1;
      return get(id);
    };
    clock.advance(90 * DAY_MS + 9);
    expect([...state.importJobs.values()]).toHaveLength(1_990);
    expect(reads).toBe(10);
  });
});
