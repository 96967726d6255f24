import { describe, expect, test } from "vitest";
import { compare, createRandom, median, quantile } from "../../tools/bench/ratio.ts";

/** Fifteen values around a mean, as a noisy machine measures them. */
function noisy(mean: number, seed: number, spread = 0.1): number[] {
  const random = createRandom(seed);
  return Array.from({ length: 15 }, () => mean * (1 + spread * (random() - 0.5)));
}

describe("median and quantile", () => {
  test("the median of an even number of values is the mean of the two in the middle", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([9, 1, 5])).toBe(5);
  });

  test("the quantile 1 is the largest value", () => {
    expect(quantile([1, 3, 2], 1)).toBe(3);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(3);
  });
});

describe("in a comparison of two subjects that were measured in turn,", () => {
  test("a tenth more time is worse where the noise is smaller than that", () => {
    const { verdict, ratio, low, high } = compare(noisy(100, 1, 0.02), noisy(110, 2, 0.02));
    expect(verdict).toBe("worse");
    expect(ratio).toBeCloseTo(1.1, 1);
    expect(low).toBeGreaterThan(1.05);
    expect(high).toBeGreaterThanOrEqual(ratio);
  });

  test("a tenth less time is better", () => {
    expect(compare(noisy(100, 3, 0.02), noisy(88, 4, 0.02)).verdict).toBe("better");
  });

  test("equal measurements show no difference, and their interval contains 1", () => {
    const { verdict, low, high } = compare(noisy(100, 5), noisy(100, 6));
    expect(verdict).toBe("no difference shown");
    expect([low < 1, high > 1]).toEqual([true, true]);
  });

  test("a difference inside the noise, or of less than the margin, shows no difference", () => {
    expect(compare(noisy(100, 7, 1.2), noisy(108, 8, 1.2)).verdict).toBe("no difference shown");
    expect(compare(noisy(100, 9, 0.01), noisy(103, 10, 0.01)).verdict).toBe("no difference shown");
  });

  test("where more is better, fewer calls a second are worse, with a ratio above 1", () => {
    const compared = compare(noisy(1000, 11, 0.02), noisy(800, 12, 0.02), { isMoreBetter: true });
    expect(compared.verdict).toBe("worse");
    expect(compared.ratio).toBeCloseTo(1.25, 1);
  });

  test("a slowdown of the machine for both shows no difference, since rounds are paired", () => {
    const drift = Array.from({ length: 15 }, (_, round) => 100 * (1 + round / 3));
    const { verdict, low, high } = compare(
      drift,
      drift.map((value) => value * 1.2),
    );
    expect(verdict).toBe("worse");
    expect(high - low).toBeLessThan(0.001);
  });

  test("one round that went wrong changes nothing", () => {
    const after = noisy(100, 13, 0.02);
    expect(compare(noisy(100, 14, 0.02), [5_000, ...after.slice(1)]).verdict).toBe("no difference shown");
  });

  test("the same seed gives the same interval", () => {
    const [before, after] = [noisy(100, 15), noisy(104, 16)];
    expect(compare(before, after, { seed: 7 })).toEqual(compare(before, after, { seed: 7 }));
  });

  test("five rounds are too few for a verdict", () => {
    expect(compare(noisy(100, 17).slice(0, 5), noisy(200, 18).slice(0, 5)).verdict).toBe("too few rounds");
    expect(compare(noisy(100, 17).slice(0, 6), noisy(200, 18).slice(0, 6)).verdict).toBe("worse");
  });

  test("the interval is as wide as the exact one of order statistics: all of 7 rounds, the fourth to twelfth of 15", () => {
    const ones = (count: number) => Array.from({ length: count }, () => 1);
    const values = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
    const [seven, fifteen] = [compare(ones(7), values(7)), compare(ones(15), values(15))];
    expect([seven.low, seven.high]).toEqual([1, 7]);
    expect(fifteen.low).toBeLessThanOrEqual(4);
    expect(fifteen.high).toBeGreaterThanOrEqual(12);
  });

  test("a round that could not be measured gives no verdict", () => {
    expect(compare(noisy(100, 19), noisy(100, 20).with(3, Number.NaN)).verdict).toBe("not measured");
    expect(compare(noisy(100, 19).with(3, 0), noisy(100, 20)).verdict).toBe("not measured");
  });

  test("at most a few of 100 equal pairs are reported better or worse", () => {
    const told = Array.from({ length: 100 }, (_, turn) => {
      const [before, after] = [noisy(100, 1_000 + turn, 0.3), noisy(100, 2_000 + turn, 0.3)];
      return compare(before, after).verdict;
    });
    expect(told.filter((verdict) => verdict !== "no difference shown").length).toBeLessThanOrEqual(5);
  });
});
