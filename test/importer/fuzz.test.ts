import { describe, expect, test } from "vitest";
import { corpus } from "../corpus.ts";
import { scaled } from "../setup/timeouts.ts";
import { fuzzImport } from "./fuzz-import.ts";

const COUNT = 2_000;
const SEED = 4;

describe.skipIf(corpus === undefined)("an import of damaged files", () => {
  test(
    `${COUNT} of them: each ends once, as a success or a failure, and memory stays bounded`,
    async () => {
      if (corpus === undefined) return;
      const { result, peakGrowthBytes, hung } = await fuzzImport(corpus, {
        count: COUNT,
        seed: SEED,
        workers: 2,
      });
      const names = [...result.successes, ...result.failures].map(({ inputFile }) => inputFile);
      expect(new Set(names).size).toBe(COUNT);
      expect(names).toHaveLength(COUNT);
      // Neither all whole nor all refused: the damage goes deep.
      expect(result.successes.length).toBeGreaterThan(COUNT / 40);
      expect(result.failures.length).toBeGreaterThan(COUNT / 40);
      for (const { failure } of result.failures) expect(failure.message).toMatch(/^[\w -:]{1,2048}$/);
      expect(hung).toBe(0);
      expect(peakGrowthBytes).toBeLessThan(1.5 * 2 ** 30);
    },
    scaled(120_000),
  );
});
