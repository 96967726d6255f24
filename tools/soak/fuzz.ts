import { availableParallelism } from "node:os";
import { openRealCorpora, ownCorpus } from "../../test/corpus/corpus.ts";
import { fuzzImport } from "../../test/importer/fuzz/fuzz-import.ts";

const MAX_GROWTH_BYTES = 1.5 * 2 ** 30;

/** Damaged files through the importer: none may hang it, go missing, or take memory without bound. */
export async function soakFuzz(count: number, seed: number): Promise<boolean> {
  const [corpus = ownCorpus] = openRealCorpora();
  const begin = performance.now();
  const workers = Math.min(availableParallelism(), 8);
  const { result, hung, peakGrowthBytes } = await fuzzImport(corpus, { count, seed, workers });
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  const { successes, failures } = result;
  const ours = failures.filter(({ failure }) => failure.exceptionType === "InternalServerException");
  process.stdout.write(
    `fuzz: ${count} damaged files, seed ${seed}, ${workers} workers, ${seconds} s: ${successes.length} imported, ` +
      `${failures.length} refused (${ours.length} server errors, ${hung} hung), ` +
      `memory grew by at most ${(peakGrowthBytes / 2 ** 20).toFixed(0)} MB\n`,
  );
  for (const message of new Set(ours.map(({ failure }) => failure.message)))
    process.stdout.write(`  ${message}\n`);
  const isWhole = successes.length + failures.length === count;
  return isWhole && hung === 0 && peakGrowthBytes < MAX_GROWTH_BYTES;
}
