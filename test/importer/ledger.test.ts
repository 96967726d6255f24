import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Ledger } from "../../src/importer/job-report.ts";

const outcomes = fc.array(fc.constantFrom("set1", "set2", "customer", "server", undefined));
const exceptions = {
  customer: "ValidationException",
  server: "InternalServerException",
} as const;

const imageSet = (imageSetId: string) => ({ imageSetId, imageSetVersion: 1, isPrimary: true });

function keep(given: readonly (string | undefined)[]): Ledger {
  const ledger = new Ledger();
  ledger.open(given.map((_, index) => `in/${index}`));
  for (const [index, outcome] of given.entries()) {
    if (outcome === "customer" || outcome === "server")
      ledger.fail(index, { exceptionType: exceptions[outcome], message: outcome });
    else if (outcome !== undefined) ledger.succeed(index, imageSet(outcome));
  }
  return ledger;
}

describe("the ledger", () => {
  test("names every file once, as a success or as a failure", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const ended = given.filter((outcome) => outcome !== undefined);
        const { successes, failures, imageSets } = keep(ended).result();
        const names = [...successes, ...failures].map(({ inputFile }) => inputFile);
        expect(names.toSorted()).toEqual(ended.map((_, index) => `in/${index}`).toSorted());
        expect(imageSets.reduce((sum, { instanceCount }) => sum + instanceCount, 0)).toBe(successes.length);
      }),
    );
  });

  test("of a job that failed names every file as a failure, with its own reason if it has one", () => {
    fc.assert(
      fc.property(outcomes, (given) => {
        const { successes, failures, imageSets } = keep(given).abandoned();
        expect([successes, imageSets]).toEqual([[], []]);
        expect(failures.map(({ failure }) => failure.message)).toEqual(
          given.map((outcome) =>
            outcome === "customer" || outcome === "server"
              ? outcome
              : "The file was not imported because its import job has failed",
          ),
        );
      }),
    );
  });

  test("refuses a file that ended twice, or not at all", () => {
    const ledger = keep(["set1", undefined]);
    expect(() => ledger.succeed(0, imageSet("set2"))).toThrow("has two outcomes");
    expect(() => ledger.result()).toThrow("in/1 has no outcome");
  });
});
