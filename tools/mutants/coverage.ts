import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { posixPath } from "../posix-path.ts";
import { coveredLines, takenBranches, writeLines, type CoverageReport } from "./istanbul.ts";
import { cloneTree } from "./tree-clone.ts";
import { listTestFiles, runVitest, type Ending, type TestFile } from "./vitest-run.ts";

/** The result of one test file that ran alone, with coverage. */
export interface TestFileCoverage extends TestFile {
  readonly ending: Ending;
  /** Wall time with coverage, start of vitest included. */
  readonly durationMs: number;
  /** The lines that ran, by source file: "3-5,9". Source files without one are left out. */
  readonly lines: Readonly<Record<string, string>>;
  /** Whether each branch was taken, by source file: "0110". Source files without a branch are left out. */
  readonly branches: Readonly<Record<string, string>>;
}

export interface CoverageOptions {
  readonly tree: string;
  readonly jobs: number;
  /** Test files whose path contains one of these are left out. */
  readonly exclude: readonly string[];
}

/** Many machines are busy with much else. */
const TEST_TIMEOUT_MS = 240_000;
const FILE_LIMIT_MS = 900_000;

const placeOf = (tree: string, { file, project }: TestFile): string =>
  join(tree, "node_modules/.cache/mutants", encodeURIComponent(project), `${file}.json`);

/**
 * Runs each test file alone, in a clone of the tree, and keeps what it covered below the tree's node_modules.
 * A file that was measured before is not run a second time: delete node_modules/.cache/mutants to start over.
 */
export async function measureCoverage({ tree, jobs, exclude }: CoverageOptions): Promise<void> {
  const all = await listTestFiles(tree);
  const waiting = all.filter(({ file }) => !exclude.some((part) => file.includes(part)));
  const total = waiting.length;
  const measureNext = async (): Promise<void> => {
    await using clone = await cloneTree(tree);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if ((await readOne(tree, next)) !== undefined) continue;
      const measured = await measureFile(clone.root, next);
      await writeOne(tree, measured);
      const seconds = (measured.durationMs / 1000).toFixed(1);
      console.log(
        `${total - waiting.length}/${total} ${next.project}: ${next.file} ${measured.ending}, ${seconds} s`,
      );
    }
  };
  await Promise.all(Array.from({ length: jobs }, measureNext));
}

/** The results that `measureCoverage` has stored for the tree's test files. */
export async function readCoverage(tree: string): Promise<TestFileCoverage[]> {
  const kept = await Promise.all((await listTestFiles(tree)).map((file) => readOne(tree, file)));
  return kept.filter((coverage) => coverage !== undefined);
}

async function measureFile(root: string, test: TestFile): Promise<TestFileCoverage> {
  const reports = join(root, "coverage");
  const begin = performance.now();
  const ending = await runVitest(root, [test], coverageOptions(reports), FILE_LIMIT_MS);
  const durationMs = Math.round(performance.now() - begin);
  const text = await readFile(join(reports, "coverage-final.json"), "utf8").catch(() => "{}");
  await rm(reports, { recursive: true, force: true });
  return { ...test, ending, durationMs, ...summarize(root, JSON.parse(text) as CoverageReport) };
}

function coverageOptions(reports: string): string[] {
  return [
    "--coverage.enabled",
    "--coverage.provider=v8",
    "--coverage.include=src/**/*.ts",
    "--coverage.reporter=json",
    "--coverage.reportOnFailure",
    `--coverage.reportsDirectory=${reports}`,
    `--testTimeout=${TEST_TIMEOUT_MS}`,
    `--hookTimeout=${TEST_TIMEOUT_MS}`,
  ];
}

function summarize(root: string, report: CoverageReport): Pick<TestFileCoverage, "lines" | "branches"> {
  const lines: Record<string, string> = {};
  const branches: Record<string, string> = {};
  for (const [path, file] of Object.entries(report)) {
    const source = posixPath(relative(root, path));
    const ran = writeLines(coveredLines(file));
    const taken = takenBranches(file);
    if (ran !== "") lines[source] = ran;
    if (taken.length > 0) branches[source] = taken.map(Number).join("");
  }
  return { lines, branches };
}

async function readOne(tree: string, test: TestFile): Promise<TestFileCoverage | undefined> {
  const text = await readFile(placeOf(tree, test), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as TestFileCoverage);
}

async function writeOne(tree: string, coverage: TestFileCoverage): Promise<void> {
  const place = placeOf(tree, coverage);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, JSON.stringify(coverage));
}
