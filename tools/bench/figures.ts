import { compare, median, type Comparison, type Verdict } from "./ratio.ts";

/** One thing that was measured, in one round. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Requests a second: `more`. A figure that is printed and not compared: `told`. `less` by default. */
  readonly better?: "less" | "more" | "told";
}

const NAME_WIDTH = 62;

export const show = (name: string, figure: string): void =>
  void process.stdout.write(`${name.padEnd(NAME_WIDTH)} ${figure}\n`);

/** The heading of a subject. */
export const showHeading = (name: string): void => void process.stdout.write(`\n# ${name}\n`);

const columns = ([name = "", ...cells]: readonly string[]): string =>
  `${name.padEnd(NAME_WIDTH)} ${cells.map((cell) => cell.padStart(14)).join(" ")}`.trimEnd();

/** @param names of the two that are compared: of commits, of servers */
export const showHeader = (title: string, names: readonly [string, string], isJudged = true): void =>
  void process.stdout.write(
    `${columns([title, ...names, "ratio", "95 % interval", ...(isJudged ? ["verdict"] : [])])}\n`,
  );

/** The figures of each round, for one of the two. */
type Rounds = readonly (readonly Figure[])[];

/**
 * One line for each figure. A baseline is another program, so nothing is judged beside it. @returns the
 * verdicts on judged figures
 */
export function showComparison(before: Rounds, after: Rounds, isJudged = true): Verdict[] {
  return (before[0] ?? []).flatMap((figure) => {
    const [old, current] = [valuesOf(before, figure.name), valuesOf(after, figure.name)];
    const compared = compare(old, current, { isMoreBetter: figure.better === "more" });
    const medians = [compared.before, compared.after].map((value) => `${digits(value)} ${figure.unit}`);
    const verdicts = figure.better === "told" ? [] : [compared.verdict];
    const line = [`  ${figure.name}`, ...medians, ...verdicts.flatMap(() => judged(compared, isJudged))];
    process.stdout.write(`${columns(line)}\n`);
    return verdicts;
  });
}

const judged = ({ ratio, low, high, verdict }: Comparison, isJudged: boolean): string[] =>
  verdict === "not measured"
    ? ["", "", verdict]
    : [ratio.toFixed(2), `${low.toFixed(2)}-${high.toFixed(2)}`, ...(isJudged ? [verdict] : [])];

const valuesOf = (rounds: Rounds, name: string): number[] =>
  rounds.map((figures) => figures.find((figure) => figure.name === name)?.value ?? Number.NaN);

/** Three digits that count. */
const digits = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value >= 10 ? value.toFixed(1) : value.toFixed(2);

/** A line for each of those that were measured, a column for each figure: medians. */
export function showTable(title: string, names: readonly string[], measured: readonly Rounds[]): void {
  const figures = measured[0]?.[0] ?? [];
  const lines = names.map((name, index) => [
    name,
    ...figures.map(
      (figure) => `${digits(median(valuesOf(measured[index] ?? [], figure.name)))} ${figure.unit}`,
    ),
  ]);
  for (const line of [[title, ...figures.map(({ name }) => name)], ...lines])
    process.stdout.write(`${columns(line)}\n`);
}
