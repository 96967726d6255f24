import { describe, expect, test } from "vitest";
import { ByteBudget } from "../../../src/importer/workers/import-memory.ts";

/** Work that begins when the budget lets it, and ends when the test says so. */
function start(budget: ByteBudget, byteLength: number) {
  const end = Promise.withResolvers<string>();
  const work = { hasBegun: false, end: end.resolve, fail: end.reject, ended: Promise.resolve("") };
  work.ended = budget.during(byteLength, () => {
    work.hasBegun = true;
    return end.promise;
  });
  return work;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const begun = async (works: readonly { readonly hasBegun: boolean }[]): Promise<boolean[]> => {
  await turn();
  return works.map(({ hasBegun }) => hasBegun);
};

describe("a budget of 10 bytes", () => {
  test("starts work that fits beside the rest, in the order of arrival", async () => {
    const budget = new ByteBudget(10);
    const works = [6, 4, 5, 1].map((byteLength) => start(budget, byteLength));
    expect(await begun(works)).toEqual([true, true, false, false]);
    works[1]?.end("");
    expect(await begun(works)).toEqual([true, true, false, false]);
    works[0]?.end("done");
    expect(await begun(works)).toEqual([true, true, true, true]);
    expect(await works[0]?.ended).toBe("done");
  });

  test("runs work larger than the budget alone", async () => {
    const budget = new ByteBudget(10);
    const works = [1, 1_000, 1].map((byteLength) => start(budget, byteLength));
    expect(await begun(works)).toEqual([true, false, false]);
    works[0]?.end("");
    expect(await begun(works)).toEqual([true, true, false]);
    works[1]?.end("");
    expect(await begun(works)).toEqual([true, true, true]);
  });

  test("gets back the bytes of failed work", async () => {
    const budget = new ByteBudget(10);
    const [failing, next] = [start(budget, 10), start(budget, 10)];
    failing.fail(new Error("out of luck"));
    await expect(failing.ended).rejects.toThrow("out of luck");
    expect(await begun([next])).toEqual([true]);
  });

  test("starts the next work in line, only once, when the work before it gives up waiting", () => {
    const budget = new ByteBudget(10);
    const started: string[] = [];
    const releaseFirst = budget.request(8, () => started.push("first"));
    const giveUp = budget.request(9, () => started.push("second"));
    budget.request(2, () => started.push("third"));
    expect(started).toEqual(["first"]);
    giveUp();
    giveUp();
    expect(started).toEqual(["first", "third"]);
    budget.request(8, () => started.push("fourth"));
    expect(started).toEqual(["first", "third"]);
    releaseFirst();
    expect(started).toEqual(["first", "third", "fourth"]);
  });
});
