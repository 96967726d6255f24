/** Of an odd number of values, the one in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** @param share from 0 to 1: 0.99 is the 99th percentile */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(Math.floor(values.length * share), values.length - 1)] ??
  Number.NaN;

export const show = (name: string, figure: string): void =>
  void process.stdout.write(`${name.padEnd(62)} ${figure}\n`);
