import { CoveringTests } from "./covering-tests.ts";
import { readCoverage, type TestFileCoverage } from "./coverage.ts";
import { drawCandidates, readSources, shareOut, type Candidate, type Source } from "./mutant-stream.ts";
import { describeMutant, placeMutant, type Mutant } from "./mutant.ts";
import { readMutants, writeMutants, type CaughtMutant } from "./mutant-file.ts";
import { tryMutant, type Verdict } from "./trial.ts";
import { cloneTree } from "./tree-clone.ts";

export interface DrawOptions {
  readonly tree: string;
  readonly jobs: number;
  readonly count: number;
  readonly seed: number;
  readonly out: string;
  /** A candidate that the fastest tests within this time do not catch is passed over. */
  readonly budgetMs: number;
  /** A later tree: candidates whose text it no longer has are passed over. */
  readonly also: string | undefined;
}

interface Slot {
  readonly id: string;
  readonly candidates: Iterable<Candidate>;
}

/**
 * Fills the file of mutants: each slot takes the first candidate of its stream that the tests catch. Filled
 * slots stay unchanged, so an interrupted run can be continued.
 */
export async function drawMutants(options: DrawOptions): Promise<void> {
  const { tree, jobs, out } = options;
  const tests = new CoveringTests(await readCoverage(tree));
  const caught = await readMutants(out);
  const slots = slotsOf(options, await readSources(tree, tests));
  const waiting = slots.filter(({ id }) => !caught.some((mutant) => mutant.id === id));
  const fillNext = async (): Promise<void> => {
    await using clone = await cloneTree(tree);
    for (let slot = waiting.shift(); slot !== undefined; slot = waiting.shift()) {
      caught.push(await fillSlot(clone.root, slot, tests, options));
      await writeMutants(out, options.seed, caught);
    }
  };
  await Promise.all(Array.from({ length: jobs }, fillNext));
}

function slotsOf({ count, seed }: DrawOptions, sources: readonly Source[]): Slot[] {
  return [...shareOut(count, sources)].flatMap(([folder, slots]) =>
    Array.from({ length: slots }, (_, slot) => ({
      id: `${folder}-${slot + 1}`,
      candidates: drawCandidates(seed, folder, sources, slot, slots),
    })),
  );
}

async function fillSlot(
  root: string,
  { id, candidates }: Slot,
  tests: CoveringTests,
  { budgetMs, also }: DrawOptions,
): Promise<CaughtMutant> {
  for (const { source, edit } of candidates) {
    const { file, code } = source;
    const mutant = describeMutant(id, file, code, edit);
    if (also !== undefined && (await placeMutant(also, mutant)) === undefined) continue;
    const verdict = await tryIn(root, mutant, chooseTests(tests, mutant, budgetMs));
    console.log(`${id} ${file}:${mutant.line} ${mutant.operator}: ${say(verdict)}`);
    if (verdict.isCaught) return { ...mutant, caughtBy: verdict.by ?? "" };
  }
  throw new Error(`no candidate for ${id} is caught by a test`);
}

async function tryIn(root: string, mutant: Mutant, tests: readonly TestFileCoverage[]): Promise<Verdict> {
  const placement = await placeMutant(root, mutant);
  if (placement === undefined)
    throw new Error(`the text of ${mutant.id} does not stand in ${mutant.file} once`);
  return tryMutant(root, placement, tests);
}

/** The fastest, as many as fit. Of a file that coverage does not see, those of its name and then of its folder. */
function chooseTests(tests: CoveringTests, { file, line }: Mutant, budgetMs: number): TestFileCoverage[] {
  let left = budgetMs;
  const fits = ({ durationMs }: TestFileCoverage): boolean => (left -= durationMs) > 0;
  if (tests.isSeen(file)) return tests.of(file, line).filter(fits);
  return [...new Set([...tests.ofName(file), ...tests.ofFolder(file).filter(fits)])];
}

export const say = ({ isCaught, by, how, message = "" }: Verdict): string =>
  isCaught ? `caught by ${by}: ${how}: ${message}` : `not caught${how === undefined ? "" : ` (${how})`}`;
