import { CoveringTests } from "./covering-tests.ts";
import { readCoverage, type TestFileCoverage } from "./coverage.ts";
import { say } from "./draw.ts";
import { readMutants } from "./mutant-file.ts";
import { placeMutant, type Mutant } from "./mutant.ts";
import { cloneTree } from "./tree-clone.ts";
import { tryMutant, type Verdict } from "./trial.ts";

export interface RunOptions {
  readonly tree: string;
  readonly jobs: number;
  readonly mutants: string;
  /** Ids; all where it is empty. */
  readonly only: readonly string[];
}

/** Runs the kept mutants against the tree's tests; answers whether each was found in the tree and caught. */
export async function runMutants({ tree, jobs, mutants, only }: RunOptions): Promise<boolean> {
  const tests = new CoveringTests(await readCoverage(tree));
  const all = await readMutants(mutants);
  const waiting = all.filter(({ id }) => only.length === 0 || only.includes(id));
  const total = waiting.length;
  const escaped: string[] = [];
  const runNext = async (): Promise<void> => {
    await using clone = await cloneTree(tree);
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const verdict = await runOne(clone.root, mutant, tests);
      if (!verdict.isCaught) escaped.push(mutant.id);
      console.log(`${mutant.id} ${mutant.file}: ${say(verdict)}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, runNext));
  console.log(
    `${total - escaped.length} of ${total} mutants caught${escaped.map((id) => `; not ${id}`).join("")}`,
  );
  return escaped.length === 0;
}

async function runOne(root: string, mutant: Mutant, tests: CoveringTests): Promise<Verdict> {
  const placement = await placeMutant(root, mutant);
  if (placement === undefined)
    return { isCaught: false, how: "its text is not in the tree once: draw it again" };
  const covering = tests.of(placement.file, placement.line);
  const verdict = await tryMutant(root, placement, covering);
  if (verdict.isCaught) return verdict;
  const others = remaining(placement.file, covering, tests);
  return {
    how: `${covering.length + others.length} test files ran`,
    ...(await tryMutant(root, placement, others)),
  };
}

/** Test files that may reach the line in a worker or a child process. */
function remaining(
  file: string,
  covering: readonly TestFileCoverage[],
  tests: CoveringTests,
): TestFileCoverage[] {
  const all = new Set([...tests.ofName(file), ...tests.ofFolder(file)]);
  return [...all].filter((test) => !covering.includes(test));
}
