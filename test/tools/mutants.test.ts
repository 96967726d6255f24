import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { MUTANTS, readMutants } from "../../tools/mutants/mutant-file.ts";
import { placeMutant } from "../../tools/mutants/mutant.ts";

const ROOT = resolve(import.meta.dirname, "../..");

describe("the kept mutants", async () => {
  const mutants = await readMutants(MUTANTS);

  test("are 60, each with an id of its own", () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(60);
  });

  test.each(mutants)("have $id in $file once, and a test file that catches it", async (mutant) => {
    const placement = await placeMutant(ROOT, mutant);
    expect(placement?.file, mutant.find).toBe(mutant.file);
    expect(mutant.replace).not.toBe(mutant.find);
    for (const file of mutant.caughtBy.split(" or ")) expect(existsSync(join(ROOT, file)), file).toBe(true);
  });
});
