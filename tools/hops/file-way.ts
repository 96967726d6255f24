import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PreciseCoverage, type CallCounts } from "./precise-coverage.ts";
import type { ServedTree } from "./served-tree.ts";

const FEW = 3;

/**
 * The files of `src/importer` that take part for each file of an import: those with a function that is called at
 * least once more for each file that a job has more. What a job does once, such as the check of its buckets, is not
 * among them.
 */
export async function fileWay(folder: string, tree: ServedTree): Promise<string[]> {
  await tree.importSeries(1);
  const coverage = new PreciseCoverage();
  await coverage.begin();
  try {
    await tree.importSeries(FEW);
    const few = await coverage.take();
    await tree.importSeries(2 * FEW);
    const twice = await coverage.take();
    return filesOf(few, twice, join(resolve(folder), "src"));
  } finally {
    coverage.end();
  }
}

function filesOf(few: CallCounts, twice: CallCounts, src: string): string[] {
  const way = [...twice].filter(([url, functions]) => {
    if (!url.startsWith("file:") || !fileURLToPath(url).startsWith(join(src, "importer"))) return false;
    const before = few.get(url);
    return [...functions].some(([place, count]) => count - (before?.get(place) ?? 0) >= FEW);
  });
  return way.map(([url]) => relative(join(src, ".."), fileURLToPath(url))).toSorted();
}
