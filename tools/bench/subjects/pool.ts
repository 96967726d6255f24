import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import type { Effort } from "../effort.ts";
import { show } from "../figures.ts";
import { makeFolder } from "../folders.ts";
import { median } from "../ratio.ts";
import { thisTree, type Tree } from "../trees.ts";

const ROUNDS = 15;
const PROCESSES = 5;
const FILES = 4;
const GOAL = 1.3;

/** Milliseconds, and of them the processor's of all threads. */
interface Taken {
  readonly wall: number;
  readonly cpu: number;
}

/** One process. A warm import and the first one of a further emulator are of equal numbers and in turn. */
interface Imports {
  readonly first: Taken;
  readonly warm: readonly Taken[];
  readonly ofAnother: readonly Taken[];
}

/** Each import makes a data store of its own, so that each does the same work. */
const program = (rounds: number): string => `
  import { createEmulator } from "./dist/index.js";
  const durations = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };
  const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  const quotas = { "Maximum data stores": 100 };
  let count = 0;
  const timed = async ({ control }) => {
    const [begin, cpuBefore] = [performance.now(), cpu()];
    await control.importFolder(process.argv[1], { datastore: "import-" + ++count });
    return { wall: performance.now() - begin, cpu: cpu() - cpuBefore };
  };
  await using emulator = await createEmulator({ durations, quotas });
  const imports = { first: await timed(emulator), warm: [], ofAnother: [] };
  const importAgain = async () => imports.warm.push(await timed(emulator));
  const importInAnother = async () => {
    await using another = await createEmulator({ durations, quotas });
    imports.ofAnother.push(await timed(another));
  };
  for (let round = 0; round < 5; round++) await timed(emulator);
  for (let round = 0; round < ${rounds}; round++) {
    const turns = [importAgain, importInAnother];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  console.log(JSON.stringify(imports));
`;

/** The cost of a separate emulator for a test that imports: the first import of each. */
export async function benchPool(effort: Effort): Promise<void> {
  const [tree, folder] = [await thisTree(), await makeFolder()];
  for (const { name, bytes } of createSampleSeries(FILES)) await writeFile(join(folder, name), bytes);
  const runs: Imports[] = [];
  for (let index = 0; index < effort.count(PROCESSES, 1); index++)
    runs.push(await run(tree, folder, effort.rounds(ROUNDS)));
  await rm(folder, { recursive: true });
  const warm = runs.flatMap((imports) => imports.warm);
  const ofAnother = runs.flatMap((imports) => imports.ofAnother);
  show(`a warm import of ${FILES} files (256x256), median`, describe(warm));
  show("  the first import of a second emulator", compare(ofAnother, warm, ` (goal ${GOAL})`));
  const first = runs.map((imports) => imports.first);
  show("  the first import of a process", compare(first, warm));
}

async function run(tree: Tree, folder: string, rounds: number): Promise<Imports> {
  const args = ["--input-type=module", "-e", program(rounds), folder];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tree.folder });
  return JSON.parse(stdout) as Imports;
}

const wallOf = (taken: readonly Taken[]): number => median(taken.map(({ wall }) => wall));
const cpuOf = (taken: readonly Taken[]): number => median(taken.map(({ cpu }) => cpu));

const describe = (taken: readonly Taken[]): string =>
  `${wallOf(taken).toFixed(1)} ms, processor ${cpuOf(taken).toFixed(1)} ms`;

function compare(taken: readonly Taken[], baseline: readonly Taken[], goal = ""): string {
  const wall = wallOf(taken) / wallOf(baseline);
  const cpu = cpuOf(taken) / cpuOf(baseline);
  return `${describe(taken)}; ratios ${wall.toFixed(2)}${goal} and ${cpu.toFixed(2)}`;
}
