import fc from "fast-check";
import { expect, test } from "vitest";
import { SeriesTurns } from "../../../src/importer/merges/series-turns.ts";

const never = new AbortController().signal;
/** What has happened by now, besides timers. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a series is given to one job at a time, in the order in which they ask", async () => {
  const turns = new SeriesTurns();
  const got: string[] = [];
  const ask = async (name: string, ...series: string[]): Promise<() => void> => {
    const giveBack = await turns.take(new Set(series), never);
    got.push(name);
    return giveBack;
  };
  const [first, second] = [ask("first", "a"), ask("second", "a", "b")];
  // It needs what the second waits for: without an order, jobs of one series could keep the second from its turn.
  const [third, fourth] = [ask("third", "b"), ask("fourth", "c")];
  await settled();
  expect(got).toEqual(["first", "fourth"]);
  (await first)();
  await settled();
  expect(got).toEqual(["first", "fourth", "second"]);
  expect(turns.takeFree(new Set(["b"]))).toBeUndefined();
  (await second)();
  (await third)();
  (await fourth)();
  expect(turns.takeFree(new Set(["a", "b", "c"]))).toBeDefined();
});

test("a job that is abandoned no longer waits, and others do not wait for it", async () => {
  const turns = new SeriesTurns();
  const giveBack = await turns.take(new Set(["a"]), never);
  const abandoned = new AbortController();
  const waiting = turns.take(new Set(["a", "b"]), abandoned.signal);
  const behind = turns.take(new Set(["b"]), never);
  abandoned.abort(new Error("abandoned"));
  await expect(waiting).rejects.toThrow("abandoned");
  await expect(turns.take(new Set(["c"]), abandoned.signal)).rejects.toThrow("abandoned");
  (await behind)();
  giveBack();
  expect(turns.takeFree(new Set(["a", "b", "c"]))).toBeDefined();
});

test("every job gets its series in the end, and never together with another", async () => {
  const jobs = fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { minLength: 1 }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(jobs, async (wanted) => {
      const turns = new SeriesTurns();
      const taken = new Set<string>();
      const work = wanted.map(async (series) => {
        const giveBack = await turns.take(new Set(series), never);
        for (const one of series) {
          expect(taken).not.toContain(one);
          taken.add(one);
        }
        await settled();
        for (const one of series) taken.delete(one);
        giveBack();
      });
      await Promise.all(work);
    }),
    { numRuns: 50 },
  );
});
