import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { EmulatorClock } from "../../../src/domain/time/emulator-clock.ts";
import { EndingClock } from "../../../src/domain/time/ending-clock.ts";
import { ManualClock } from "../../manual-clock.ts";

test("work that waits on an ended clock never runs, and work on other clocks is not affected", () => {
  const lasting = new ManualClock();
  const clock = new EndingClock(lasting);
  const seen: string[] = [];
  clock.schedule(10, () => seen.push("due"));
  clock.schedule(20, () => seen.push("called off"))();
  clock.schedule(30, () => seen.push("ended"));
  lasting.schedule(30, () => seen.push("lasting"));
  lasting.advance(25);
  clock.end();
  clock.schedule(0, () => seen.push("late"));
  lasting.advance(1000);
  expect(seen).toEqual(["due", "lasting"]);
  expect(clock.now()).toBe(lasting.now());
});

test("an ended clock does not wait for work that never ends", async () => {
  const lasting = new EmulatorClock(new ManualClock());
  const clock = new EndingClock(lasting);
  void clock.during(new Promise(() => {}));
  await expect(clock.during(Promise.reject(new Error("no")))).rejects.toThrow("no");
  const moved = lasting.advance(5);
  clock.end();
  await moved;
});

test("a clock forgets finished work", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const clock = new EndingClock(new EmulatorClock(new ManualClock()));
  const during = async (): Promise<WeakRef<object>> => new WeakRef(await clock.during(Promise.resolve({})));
  const outcome = await during();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(outcome.deref()).toBeUndefined();
  clock.end();
});

test("work that begins on an ended clock is not waited for by the clock beneath it", async () => {
  const lasting = new EmulatorClock(new ManualClock());
  const clock = new EndingClock(lasting);
  clock.end();
  void clock.during(new Promise(() => {}));
  expect(await clock.during(Promise.resolve("done"))).toBe("done");
  await lasting.advance(5);
});
