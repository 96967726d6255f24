import fc from "fast-check";
import { expect, test } from "vitest";
import { readDuration, readShortDuration } from "../../../../src/domain/time/duration-text.ts";
import { DURATION, readScenarioDuration } from "../../../../src/local/scenarios/reading/scenario-duration.ts";

const A_THOUSAND_YEARS = 366_000 * 86_400_000;

test("a duration of a scenario is one of /_local, too, and as long", () => {
  const written = fc.stringMatching(new RegExp(DURATION.pattern ?? "", "u"));
  fc.assert(
    fc.property(written, (text) => {
      const milliseconds = readScenarioDuration(text);
      expect(readShortDuration(text)).toBe(milliseconds);
      if (milliseconds <= A_THOUSAND_YEARS) expect(readDuration(text)).toBe(Math.round(milliseconds));
    }),
  );
  expect([readScenarioDuration("1.5s"), readScenarioDuration("999999d")]).toEqual([
    1_500,
    999_999 * 86_400_000,
  ]);
});
