import { availableParallelism } from "node:os";
import { corpus } from "../test/corpus.ts";
import { fuzzImport } from "../test/importer/fuzz-import.ts";

/**
 * The long fuzz run: `npm run soak [-- COUNT SEED]`. Ends with 1 where a worker had to be given up,
 * a file is not accounted for, or memory grew without bound.
 */
const MAX_GROWTH_BYTES = 1.5 * 2 ** 30;
const [count = 10_000, seed = 1] = process.argv.slice(2).map(Number);

if (corpus !== undefined) {
  const begin = performance.now();
  const workers = Math.min(availableParallelism(), 8);
  const { result, hung, peakGrowthBytes } = await fuzzImport(corpus, { count, seed, workers });
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  const { successes, failures } = result;
  const ours = failures.filter(({ failure }) => failure.exceptionType === "InternalServerException");
  process.stdout.write(
    `${count} damaged files, seed ${seed}, ${workers} workers, ${seconds} s: ${successes.length} imported, ` +
      `${failures.length} refused (${ours.length} server errors, ${hung} hung), ` +
      `memory grew by at most ${(peakGrowthBytes / 2 ** 20).toFixed(0)} MB\n`,
  );
  for (const message of new Set(ours.map(({ failure }) => failure.message)))
    process.stdout.write(`  ${message}\n`);
  const isWhole = successes.length + failures.length === count;
  process.exitCode = isWhole && hung === 0 && peakGrowthBytes < MAX_GROWTH_BYTES ? 0 : 1;
}
