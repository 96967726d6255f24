import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";

export const MUTANTS = join(import.meta.dirname, "mutants.json");

/** A mutant and the test file that caught it when it was drawn. */
export interface CaughtMutant extends Mutant {
  readonly caughtBy: string;
}

interface MutantFile {
  readonly seed: number;
  readonly mutants: readonly CaughtMutant[];
}

/** An empty array if there is no file yet. */
export async function readMutants(path: string): Promise<CaughtMutant[]> {
  const text = await readFile(path, "utf8").catch(() => '{"mutants":[]}');
  return [...(JSON.parse(text) as MutantFile).mutants];
}

export async function writeMutants(
  path: string,
  seed: number,
  mutants: readonly CaughtMutant[],
): Promise<void> {
  const sorted = mutants.toSorted((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
  const file: MutantFile = { seed, mutants: sorted };
  await writeFile(`${path}.new`, `${JSON.stringify(file, undefined, 2)}\n`);
  await rename(`${path}.new`, path);
}
