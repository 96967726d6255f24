import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { countBranches, lowerFolders, writeTable, type BranchTable } from "./branches.ts";
import { measureCoverage, readCoverage } from "./coverage.ts";
import { drawMutants } from "./draw.ts";
import { MUTANTS } from "./mutant-file.ts";
import { runMutants } from "./run.ts";

/** `node tools/mutants/main.ts coverage|draw|run [--tree DIR] ...`: see README.md in this folder. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    tree: { type: "string", default: "." },
    jobs: { type: "string", default: "2" },
    exclude: { type: "string", multiple: true, default: [] },
    out: { type: "string" },
    against: { type: "string" },
    count: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    budget: { type: "string", default: "60" },
    also: { type: "string" },
    only: { type: "string", multiple: true, default: [] },
  },
});
const tree = resolve(values.tree);
const jobs = Number(values.jobs);
const MS = 1000;

async function coverage(): Promise<boolean> {
  await measureCoverage({ tree, jobs, exclude: values.exclude });
  const coverages = await readCoverage(tree);
  for (const { file, project, ending } of coverages)
    if (ending !== "passed") console.log(`${project}: ${file} ${ending}; no mutant is run against it`);
  const before: BranchTable =
    values.against === undefined ? {} : (JSON.parse(await readFile(values.against, "utf8")) as BranchTable);
  const table = countBranches(coverages);
  console.log(writeTable(table, before));
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(table, undefined, 2)}\n`);
  const lower = lowerFolders(table, before);
  if (lower.length > 0) console.log(`lower than before: ${lower.join(", ")}`);
  return lower.length === 0;
}

async function draw(): Promise<boolean> {
  const out = resolve(values.out ?? MUTANTS);
  const also = values.also === undefined ? undefined : resolve(values.also);
  const numbers = {
    count: Number(values.count),
    seed: Number(values.seed),
    budgetMs: Number(values.budget) * MS,
  };
  await drawMutants({ tree, jobs, out, also, ...numbers });
  return true;
}

const COMMANDS: Readonly<Record<string, () => Promise<boolean>>> = {
  coverage,
  draw,
  run: () => runMutants({ tree, jobs, mutants: MUTANTS, only: values.only }),
};

const [name = ""] = positionals;
const command = COMMANDS[name];
if (command === undefined)
  throw new Error(`no command ${name}: there are ${Object.keys(COMMANDS).join(", ")}`);
if (!(await command())) process.exitCode = 1;
