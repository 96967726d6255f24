import { describe, expect, test } from "vitest";
import { EmulatorClock } from "../../../src/domain/time/emulator-clock.ts";
import { ManualClock } from "../../manual-clock.ts";

function build() {
  const real = new ManualClock();
  const clock = new EmulatorClock(real);
  const rung: [name: string, at: number][] = [];
  const start = clock.now();
  const ring = (name: string, delayMs: number) =>
    clock.schedule(delayMs, () => void rung.push([name, clock.now() - start]));
  return { real, clock, rung, ring, start };
}

describe("the emulator's clock", () => {
  test("follows real time until it is frozen, and again when it is resumed, from where it stood", () => {
    const { real, clock, rung, ring, start } = build();
    ring("a", 100);
    ring("b", 200);
    real.advance(100);
    expect(rung).toEqual([["a", 100]]);
    clock.freeze();
    real.advance(10_000);
    expect(clock.now() - start).toBe(100);
    expect(rung).toHaveLength(1);
    clock.resume();
    real.advance(99);
    expect(rung).toHaveLength(1);
    real.advance(1);
    expect(rung).toEqual([
      ["a", 100],
      ["b", 200],
    ]);
  });

  test.each([true, false])(
    "runs due work in order, at its time, when it is advanced (frozen: %s)",
    async (isFrozen) => {
      const { real, clock, rung, ring, start } = build();
      if (isFrozen) clock.freeze();
      ring("late", 300);
      ring("early", 100);
      clock.schedule(150, () => ring("made on the way", 50));
      ring("never", 1_001);
      const cancel = ring("cancelled", 10);
      cancel();
      await clock.advance(1_000);
      expect(rung).toEqual([
        ["early", 100],
        ["made on the way", 200],
        ["late", 300],
      ]);
      expect(clock.now() - start).toBe(1_000);
      real.advance(1);
      expect(rung).toHaveLength(isFrozen ? 3 : 4);
      expect(clock.isFrozen).toBe(isFrozen);
    },
  );

  test("waits for in-flight work before time goes on", async () => {
    const { clock, rung, ring } = build();
    clock.freeze();
    clock.schedule(10, () => {
      const work = new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
        ring("after the work", 5),
      );
      void clock.during(work);
    });
    ring("later", 100);
    await clock.advance(100);
    expect(rung).toEqual([
      ["after the work", 15],
      ["later", 100],
    ]);
  });

  test("does not wait for work that has failed", async () => {
    const { clock, start } = build();
    clock.freeze();
    await Promise.allSettled([clock.during(Promise.reject(new Error("no")))]);
    await clock.advance(10);
    expect(clock.now() - start).toBe(10);
  });

  test("makes concurrent moves one after another", async () => {
    const { clock, rung, ring, start } = build();
    clock.freeze();
    ring("a", 15);
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect(clock.now() - start).toBe(20);
    expect(rung).toEqual([["a", 15]]);
  });

  test("is frozen or resumed after a move, where that was requested during the move", async () => {
    const { real, clock, rung, ring, start } = build();
    const moved = clock.advance(100);
    clock.freeze();
    await moved;
    real.advance(1_000);
    expect([clock.now() - start, clock.isFrozen]).toEqual([100, true]);
    ring("a", 50);
    const again = clock.advance(10);
    clock.resume();
    await again;
    expect([clock.now() - start, clock.isFrozen]).toEqual([110, false]);
    real.advance(40);
    expect(rung).toEqual([["a", 150]]);
  });

  test("moves to what is due next, and not beyond a given limit", async () => {
    const { clock, rung, ring, start } = build();
    clock.freeze();
    ring("a", 70);
    await clock.advanceToNext(start + 50);
    expect([clock.now() - start, rung.length]).toEqual([50, 0]);
    await clock.advanceToNext(start + 500);
    expect([clock.now() - start, rung.length]).toEqual([70, 1]);
    expect(clock.nextDue).toBeUndefined();
  });

  test("schedules beyond the longest delay of a timer", () => {
    const { real, rung, ring } = build();
    const days = 90 * 24 * 60 * 60 * 1_000;
    ring("in 90 days", days);
    real.advance(days - 1);
    expect(rung).toEqual([]);
    real.advance(1);
    expect(rung).toEqual([["in 90 days", days]]);
  });

  test("stops at the end of the year 9999 as it runs and as it is moved, and so does what is due then", async () => {
    const { real, clock, rung, start } = build();
    const end = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
    const note = (name: string) => () => void rung.push([name, clock.now()]);
    clock.schedule(end - start + 1, note("beyond"));
    clock.schedule(end - start, note("last"));
    await clock.advanceTo(end - 1);
    real.advance(60_000);
    expect([clock.now(), rung]).toEqual([end, [["last", end]]]);
    clock.schedule(1, note("after it"));
    real.advance(60_000);
    await clock.advance(1_000_000);
    expect([clock.now(), clock.nextDue, rung.length]).toEqual([end, undefined, 1]);
    await clock.reset();
    expect(clock.now()).toBe(real.now());
  });

  test("follows real time after a reset, and keeps what is due", async () => {
    const { real, clock, rung, ring } = build();
    ring("a", 100);
    clock.freeze();
    real.advance(50);
    await clock.reset();
    expect(clock.now()).toBe(real.now());
    real.advance(50);
    expect(rung).toEqual([["a", 100]]);
  });
});
