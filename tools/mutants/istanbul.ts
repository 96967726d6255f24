/** Coverage as @vitest/coverage-v8 writes it with the reporter "json": Istanbul's format, what is used of it. */
export type CoverageReport = Readonly<Record<string, FileReport>>;

export interface FileReport {
  readonly statementMap: Readonly<Record<string, Range>>;
  readonly s: Readonly<Record<string, number>>;
  readonly fnMap: Readonly<Record<string, { readonly loc: Range }>>;
  readonly f: Readonly<Record<string, number>>;
  readonly branchMap: Readonly<Record<string, { readonly locations: readonly Range[] }>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
}

interface Range {
  readonly start: { readonly line?: number };
  readonly end: { readonly line?: number };
}

interface Counted {
  readonly first: number;
  readonly last: number;
  readonly isHit: boolean;
}

/**
 * The lines that ran, 1-based and ascending. The innermost range that spans a line decides; of ranges that
 * lie within one line, one that ran is enough.
 */
export function coveredLines(report: FileReport): number[] {
  const ranges = countedRanges(report);
  const isHit = new Map<number, boolean>();
  const long = ranges.filter(({ first, last }) => first < last);
  for (const range of long.sort((a, b) => b.last - b.first - (a.last - a.first)))
    for (let line = range.first; line <= range.last; line++) isHit.set(line, range.isHit);
  const short = ranges.filter(({ first, last }) => first === last);
  for (const { first } of short) isHit.set(first, false);
  for (const range of short) if (range.isHit) isHit.set(range.first, true);
  return [...isHit]
    .filter(([, hit]) => hit)
    .map(([line]) => line)
    .sort((a, b) => a - b);
}

/** For each way out of each branching, in the report's order: whether it was taken. */
export function takenBranches({ b }: FileReport): boolean[] {
  return Object.values(b).flatMap((counts) => counts.map((count) => count > 0));
}

function countedRanges({ statementMap, s, fnMap, f, branchMap, b }: FileReport): Counted[] {
  const statements = Object.entries(statementMap).map(([id, range]) => counted(range, s[id]));
  const functions = Object.entries(fnMap).map(([id, { loc }]) => counted(loc, f[id]));
  const branches = Object.entries(branchMap).flatMap(([id, { locations }]) =>
    locations.map((range, index) => counted(range, b[id]?.[index])),
  );
  return [...statements, ...functions, ...branches].filter(({ first }) => first > 0);
}

function counted({ start, end }: Range, count = 0): Counted {
  const first = start.line ?? 0;
  return { first, last: end.line ?? first, isHit: count > 0 };
}

/** "3-5,9" for 3, 4, 5, 9. */
export function writeLines(lines: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const line of lines) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else spans.push([line, line]);
  }
  return spans.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

export function hasLine(lines: string, line: number): boolean {
  return lines.split(",").some((span) => {
    const [first = Number.NaN, last = first] = span.split("-").map(Number);
    return first <= line && line <= last;
  });
}
