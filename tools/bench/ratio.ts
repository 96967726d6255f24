/** The value in the middle; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** @param share from 0 to 1: 0.99 is the 99th percentile */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(Math.floor(values.length * share), values.length - 1)] ??
  Number.NaN;

export type Verdict = "worse" | "better" | "no difference shown" | "too few rounds" | "not measured";

export interface Comparison {
  readonly before: number;
  readonly after: number;
  /** Above 1 is worse, whichever direction the figure has. */
  readonly ratio: number;
  /** The 95 % interval of the ratio. */
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}

export interface CompareOptions {
  /** Requests a second, for example: the ratio is turned. */
  readonly isMoreBetter?: boolean;
  readonly seed?: number;
}

const RESAMPLES = 2_000;
const [LOW, HIGH] = [0.025, 0.975];
const MARGIN = 0.05;
/** With five pairs, all of them fall on one side of the true median in 1 of 16 cases: more than 5 %. */
const LEAST_PAIRS = 6;

/**
 * Compares what was measured in turn: the n-th value of one beside the n-th of the other, so that a machine that
 * is slow for a while is slow for both. The interval is a percentile bootstrap of the median of the paired ratios,
 * which is too narrow where rounds are few: it holds the exact interval of order statistics as well.
 */
export function compare(
  before: readonly number[],
  after: readonly number[],
  { isMoreBetter = false, seed = 1 }: CompareOptions = {},
): Comparison {
  const pairs = before.map((value, index): [number, number] => [value, after[index] ?? Number.NaN]);
  const ratios = pairs.map(([old, current]) => (isMoreBetter ? old / current : current / old));
  const [low, high] = interval(ratios, seed);
  const figures = { before: median(before), after: median(after), ratio: median(ratios), low, high };
  return { ...figures, verdict: judge(ratios, low, high) };
}

function judge(ratios: readonly number[], low: number, high: number): Verdict {
  if (!ratios.every((ratio) => Number.isFinite(ratio) && ratio > 0)) return "not measured";
  if (ratios.length < LEAST_PAIRS) return "too few rounds";
  if (low > 1 + MARGIN) return "worse";
  return high < 1 - MARGIN ? "better" : "no difference shown";
}

function interval(ratios: readonly number[], seed: number): [low: number, high: number] {
  const random = createRandom(seed);
  const draw = (): number => ratios[Math.floor(random() * ratios.length)] ?? Number.NaN;
  const medians = Array.from({ length: RESAMPLES }, () => median(ratios.map(draw)));
  const sorted = ratios.toSorted((a, b) => a - b);
  const outermost = exactRank(ratios.length);
  return [
    Math.min(quantile(medians, LOW), sorted[outermost] ?? Number.NaN),
    Math.max(quantile(medians, HIGH), sorted.at(-1 - outermost) ?? Number.NaN),
  ];
}

/**
 * How many of the smallest and of the largest values may be left out so that the true median lies between the others
 * in 95 % of cases, whatever the values' distribution: how many lie below it is binomial, with a share of a half.
 */
function exactRank(count: number): number {
  let rank = 0;
  let [combinations, below] = [1, 1];
  while (rank < count && (2 * below) / 2 ** count <= 2 * LOW) {
    combinations = (combinations * (count - rank)) / (rank + 1);
    rank += 1;
    below += combinations;
  }
  return Math.max(rank - 1, 0);
}

/** Numbers from 0 to 1, the same for the same seed: a linear congruential generator (Numerical Recipes). */
export function createRandom(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
