import { describe, expect, test } from "vitest";
import type { Corpus } from "../../corpus/corpus.ts";
import { scaled } from "../../setup/timeouts.ts";
import { fuzzImport } from "./fuzz-import.ts";

const SEED = 4;

export function describeDamagedImports(corpus: Corpus, count: number): void {
  describe(`an import of ${count} damaged files of ${corpus.name}`, () => {
    test(
      "records each file once, as a success or a failure, in bounded memory",
      async () => {
        const { result, peakGrowthBytes, hung } = await fuzzImport(corpus, { count, seed: SEED, workers: 2 });
        const names = [...result.successes, ...result.failures].map(({ inputFile }) => inputFile);
        expect(new Set(names).size).toBe(count);
        expect(names).toHaveLength(count);
        // Neither all whole nor all refused: the damage goes deep.
        expect(result.successes.length).toBeGreaterThan(count / 40);
        expect(result.failures.length).toBeGreaterThan(count / 40);
        for (const { failure } of result.failures) expect(failure.message).toMatch(/^[\w -:]{1,2048}$/);
        expect(hung).toBe(0);
        expect(peakGrowthBytes).toBeLessThan(1.5 * 2 ** 30);
      },
      scaled(120_000),
    );
  });
}
