import { describe, expect, test } from "vitest";
import { EVERY, Holds } from "../../../src/domain/time/holds.ts";
import type { Transition } from "../../../src/domain/time/transitions.ts";
import { ManualClock } from "../../manual-clock.ts";
import { createTransitions } from "../../transitions.ts";

function build() {
  const clock = new ManualClock();
  const transitions = createTransitions(clock);
  const left: string[] = [];
  const begin = (id: string, others: { work?: Promise<unknown>; with?: string } = {}): void =>
    transitions.begin({
      resources: [id, ...(others.with === undefined ? [] : [others.with])].map((name) => ({
        kind: "imageSet",
        id: name,
        datastoreId: "d",
        from: name === id ? "COPYING" : "COPYING_WITH_READ_ONLY_ACCESS",
      })),
      since: clock.now(),
      lasts: "imageSetCopyingMs",
      ...(others.work === undefined ? {} : { work: others.work }),
      to: () => "COPIED",
      leave: (failure) => void left.push(failure === undefined ? id : `${id}: ${failure}`),
    });
  return { clock, transitions, left, begin };
}

const A = { kind: "imageSet", id: "a" } as const;

describe("a transition", () => {
  test("happens when its time and its work are over, whichever is later", async () => {
    const { clock, left, begin } = build();
    const early = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    begin("a", { work: early.promise });
    begin("b", { work: late.promise });
    early.resolve();
    await early.promise;
    clock.advance(299);
    expect(left).toEqual([]);
    clock.advance(1);
    expect(left).toEqual(["a"]);
    late.resolve();
    await late.promise;
    expect(left).toEqual(["a", "b"]);
  });

  test("is shown to rules when it is due, not earlier, with its resource", () => {
    const { clock, transitions, begin } = build();
    const asked: Transition[] = [];
    transitions.addRule((transition) => {
      asked.push(transition);
      return "go";
    });
    begin("a", { with: "b" });
    clock.advance(299);
    expect(asked).toEqual([]);
    clock.advance(1);
    expect(asked).toEqual([
      { kind: "imageSet", id: "a", datastoreId: "d", from: "COPYING", to: "COPIED" },
      { kind: "imageSet", id: "b", datastoreId: "d", from: "COPYING_WITH_READ_ONLY_ACCESS", to: "COPIED" },
    ]);
  });

  test("waits for the delay of each rule in turn, and asks each rule only once", () => {
    const { clock, transitions, left, begin } = build();
    transitions.addRule(() => ({ waitMs: 100 }));
    transitions.addRule(() => ({ waitMs: 50 }));
    begin("a");
    clock.advance(300 + 149);
    expect(left).toEqual([]);
    clock.advance(1);
    expect(left).toEqual(["a"]);
  });

  test("fails with the message of a rule, in the characters that AWS's messages have", () => {
    const { clock, transitions, left, begin } = build();
    transitions.addRule(() => ({ failure: "no way [1]" }));
    begin("a");
    clock.advance(300);
    expect(left).toEqual(["a: no way .1."]);
  });

  test("is held until the rule releases it or is removed", () => {
    const { clock, transitions, left, begin } = build();
    let isHeld = true;
    transitions.addRule(({ id }) => (isHeld && id === "a" ? "hold" : "go"));
    const remove = transitions.addRule(({ id }) => (id === "b" ? "hold" : "go"));
    begin("a");
    begin("b");
    clock.advance(1_000_000);
    expect([left, transitions.isHeld(A)]).toEqual([[], true]);
    isHeld = false;
    transitions.reevaluate();
    expect(left).toEqual(["a"]);
    remove();
    expect(left).toEqual(["a", "b"]);
  });

  test("that is expedited happens as soon as its work is over, regardless of rules", async () => {
    const { clock, transitions, left, begin } = build();
    transitions.addRule(() => "hold");
    const work = Promise.withResolvers<void>();
    begin("a", { work: work.promise });
    const gone = transitions.expedite(A);
    clock.advance(1_000);
    expect(left).toEqual([]);
    work.resolve();
    await gone;
    expect(left).toEqual(["a"]);
    await transitions.expedite(A);
  });

  test("that is cancelled, replaced or stopped never happens, and the caller that expedited it does not hang", async () => {
    const { clock, transitions, left, begin } = build();
    const { promise } = Promise.withResolvers<void>();
    begin("a", { work: promise, with: "b" });
    const gone = transitions.expedite(A);
    transitions.cancelPending({ kind: "imageSet", id: "b" });
    await gone;
    expect(transitions.has(A)).toBe(false);
    begin("a");
    clock.advance(299);
    begin("a");
    clock.advance(1);
    expect(left).toEqual([]);
    transitions.stop();
    begin("c");
    clock.advance(1_000);
    expect(left).toEqual([]);
  });

  test("that throws, or whose rule throws, does not affect other transitions", () => {
    const { clock, transitions, left, begin } = build();
    transitions.addRule(({ id }) => {
      if (id === "b") throw new Error("no");
      return "go";
    });
    begin("b");
    transitions.begin({
      resources: [{ kind: "datastore", id: "d", datastoreId: "d", from: "CREATING" }],
      since: clock.now(),
      lasts: "datastoreCreatingMs",
      to: () => "ACTIVE",
      leave: () => {
        throw new Error("no");
      },
    });
    begin("a");
    clock.advance(1_000);
    expect(left).toEqual(["a"]);
  });
});

describe("holds by hand", () => {
  test("hold one resource, or every one of a kind, in some states", () => {
    const { clock, transitions, left, begin } = build();
    const holds = new Holds(transitions);
    holds.set({ ...A, statuses: ["UPDATING"] });
    begin("a");
    clock.advance(300);
    expect(left).toEqual(["a"]);
    holds.set({ kind: "imageSet", id: EVERY, statuses: ["COPYING"] });
    holds.set({ ...A, statuses: ["COPYING"] });
    begin("a");
    begin("b");
    clock.advance(300);
    expect(holds.release({ kind: "imageSet", id: EVERY })).toBe(true);
    expect(left).toEqual(["a", "b"]);
    expect(holds.release(A)).toBe(true);
    expect(holds.release(A)).toBe(false);
    expect(left).toEqual(["a", "b", "a"]);
    expect(holds.list()).toEqual([]);
  });

  test("hold a copy by either of its image sets", () => {
    const { clock, transitions, left, begin } = build();
    const holds = new Holds(transitions);
    holds.set({ kind: "imageSet", id: "b", statuses: ["COPYING_WITH_READ_ONLY_ACCESS"] });
    begin("a", { with: "b" });
    clock.advance(1_000);
    expect([left, transitions.isHeld(A)]).toEqual([[], true]);
    holds.set({ kind: "imageSet", id: "b", statuses: ["UPDATING"] });
    expect(left).toEqual(["a"]);
  });
});
