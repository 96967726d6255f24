import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { join, relative } from "node:path";
import { readFile, rm } from "node:fs/promises";
import { posixPath } from "../posix-path.ts";
import type { TestFileCoverage } from "./coverage.ts";
import { applyMutant, type Placement } from "./mutant.ts";
import { forgetBuilds } from "./tree-clone.ts";
import { runVitest } from "./vitest-run.ts";

/** How a mutant ended. */
export interface Verdict {
  readonly isCaught: boolean;
  /** The test file that failed or hung first. */
  readonly by?: string;
  /** The title of the test that failed first, or the limit of time that ran out. */
  readonly how?: string;
  /** The first line of what the test said. */
  readonly message?: string;
}

const FIRST_BATCH_MS = 12_000;
const LEAST_TEST_TIMEOUT_MS = 30_000;
const LEAST_LIMIT_MS = 90_000;
/** How much slower than measured a test may be before it counts as hanging. */
const PATIENCE = 5;
const MESSAGE_LENGTH = 160;
const run = promisify(execFile);

/** Runs the test files in their order, until one fails on the mutant. `root` is a clone's, never a user's tree. */
export async function tryMutant(
  root: string,
  placement: Placement,
  tests: readonly TestFileCoverage[],
): Promise<Verdict> {
  const restore = await applyMutant(root, placement);
  try {
    await forgetBuilds(root);
    await run("npm", ["run", "build", "--silent"], { cwd: root });
    for (const batch of batchesOf(tests)) {
      const verdict = await runBatch(root, batch);
      if (verdict.isCaught) return verdict;
    }
    return { isCaught: false };
  } finally {
    await restore();
  }
}

/** One start of vitest each: the first is short, each later one may take twice as long as the one before. */
export function batchesOf(tests: readonly TestFileCoverage[]): TestFileCoverage[][] {
  const batches: TestFileCoverage[][] = [];
  const waiting = [...tests];
  for (let budgetMs = FIRST_BATCH_MS; waiting.length > 0; budgetMs *= 2) {
    const batch: TestFileCoverage[] = [];
    for (let left = budgetMs; left > 0; left -= batch.at(-1)?.durationMs ?? 0) {
      const next = waiting.shift();
      if (next === undefined) break;
      batch.push(next);
    }
    batches.push(...Map.groupBy(batch, ({ project }) => project).values());
  }
  return batches;
}

async function runBatch(root: string, batch: readonly TestFileCoverage[]): Promise<Verdict> {
  const durations = batch.map(({ durationMs }) => durationMs);
  const testTimeout = LEAST_TEST_TIMEOUT_MS + PATIENCE * Math.max(...durations);
  const limit = LEAST_LIMIT_MS + PATIENCE * durations.reduce((sum, duration) => sum + duration, 0);
  const report = join(root, "coverage-verdict.json");
  const options = [
    "--bail=1",
    "--maxWorkers=1",
    `--testTimeout=${testTimeout}`,
    `--hookTimeout=${testTimeout}`,
    "--reporter=json",
    `--outputFile=${report}`,
  ];
  const ending = await runVitest(root, batch, options, limit);
  if (ending === "passed") return { isCaught: false };
  const names = batch.map(({ file }) => file).join(" or ");
  if (ending === "wall limit") return { isCaught: true, by: names, how: `no end after ${limit} ms` };
  const first = await firstFailure(root, report);
  await rm(report, { force: true });
  return { isCaught: true, by: names, how: "the run failed", ...first };
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Files that `--bail` kept from running are reported as failed too, but without a failed test. */
async function firstFailure(root: string, path: string): Promise<Omit<Verdict, "isCaught"> | undefined> {
  const text = await readFile(path, "utf8").catch(() => '{"testResults":[]}');
  const { testResults } = JSON.parse(text) as JsonReport;
  const failed = testResults.filter(({ status }) => status === "failed");
  const isFailed = ({ status }: { status: string }): boolean => status === "failed";
  const file = failed.find(({ assertionResults }) => assertionResults.some(isFailed)) ?? failed[0];
  if (file === undefined) return undefined;
  const test = file.assertionResults.find(isFailed);
  const said = test?.failureMessages?.[0] ?? file.message ?? "";
  const how = test?.fullName ?? "the file, or a hook of it";
  return {
    by: posixPath(relative(root, file.name)),
    how,
    message: said.split("\n")[0]?.slice(0, MESSAGE_LENGTH),
  };
}
