import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DurationError, readDuration } from "../../../src/domain/time/duration-text.ts";

describe("a duration", () => {
  test.each([
    ["PT5M", 300_000],
    ["PT0S", 0],
    ["P2W", 14 * 86_400_000],
    ["P1W1D", 8 * 86_400_000],
    ["P1DT12H", 36 * 3_600_000],
    ["P1DT2H3M4.5S", 86_400_000 + 7_200_000 + 180_000 + 4_500],
    ["PT0,25S", 250],
    ["PT1.5H", 5_400_000],
    ["P0.5D", 43_200_000],
    ["pt5m", 300_000],
    ["PT0.0004S", 0],
    ["PT36H", 36 * 3_600_000],
    ["5m", 300_000],
    ["250ms", 250],
    ["1.5s", 1_500],
    ["2h", 7_200_000],
    ["3d", 3 * 86_400_000],
    ["1w", 7 * 86_400_000],
    ["0s", 0],
  ])("%s is read", (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });

  test.each([
    ["P1Y", "which have no fixed length"],
    ["P3M", "which have no fixed length"],
    ["P1Y2DT3H", "which have no fixed length"],
    ["-PT5M", "time cannot go back"],
    ["P-1D", "time cannot go back"],
    ["+5m", "time cannot go back"],
    ["", "is not a duration"],
    ["P", "is not a duration"],
    ["PT", "is not a duration"],
    ["P1DT", "is not a duration"],
    ["PT1.5H30M", "is not a duration"],
    ["PT5", "is not a duration"],
    ["P5S", "is not a duration"],
    ["PT1M1H", "is not a duration"],
    ["500", "is not a duration"],
    ["5 m", "is not a duration"],
    ["5M", "is not a duration"],
    ["1e3s", "is not a duration"],
    ["NaNs", "is not a duration"],
    [" PT5M", "is not a duration"],
    ["PT5M\n", "is not a duration"],
    ["٥m", "is not a duration"],
    ["P400000W", "longer than a thousand years"],
    [`${"9".repeat(400)}d`, "longer than a thousand years"],
  ])("%j is refused", (text, reason) => {
    expect(() => readDuration(text)).toThrow(DurationError);
    expect(() => readDuration(text)).toThrow(reason);
  });

  test("of any days, hours, minutes and seconds is their sum", () => {
    const part = fc.option(fc.nat(1_000), { nil: undefined });
    fc.assert(
      fc.property(part, part, part, fc.nat(999_999), (days, hours, minutes, ms) => {
        const named = (number: number | undefined, unit: string) =>
          number === undefined ? "" : `${number}${unit}`;
        const seconds = `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, "0")}S`;
        const text = `P${named(days, "D")}T${named(hours, "H")}${named(minutes, "M")}${seconds}`;
        const whole = ((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0);
        expect(readDuration(text)).toBe(whole * 60_000 + ms);
      }),
    );
  });

  test("is read or refused for any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[PT\d.,WDHMSmsh-]*$/)), (text) => {
        try {
          expect(readDuration(text)).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(DurationError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
