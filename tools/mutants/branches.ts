import type { TestFileCoverage } from "./coverage.ts";

export interface BranchCount {
  readonly total: number;
  readonly covered: number;
  readonly percent: number;
}

/** The branches of each folder below src that at least one test file took; "src" is what stands beside the folders. */
export type BranchTable = Readonly<Record<string, BranchCount>>;

export const ALL = "all";

export function countBranches(coverages: readonly TestFileCoverage[]): BranchTable {
  const counts = new Map<string, { total: number; covered: number }>();
  for (const [file, taken] of mergeBranches(coverages))
    for (const folder of [topFolder(file), ALL]) {
      const count = counts.get(folder) ?? { total: 0, covered: 0 };
      count.total += taken.length;
      count.covered += taken.replaceAll("0", "").length;
      counts.set(folder, count);
    }
  const named = [...counts].sort(([a], [b]) => Number(a === ALL) - Number(b === ALL) || (a < b ? -1 : 1));
  return Object.fromEntries(
    named.map(([folder, count]) => [folder, { ...count, percent: percentOf(count) }]),
  );
}

/** src/imaging/dicom/metadata/metadata.ts: "dicom". */
export function topFolder(file: string): string {
  const [, folder = "src", ...rest] = file.split("/");
  return rest.length === 0 ? "src" : folder;
}

function mergeBranches(coverages: readonly TestFileCoverage[]): Map<string, string> {
  const merged = new Map<string, string>();
  for (const { branches } of coverages)
    for (const [file, taken] of Object.entries(branches)) {
      const before = merged.get(file) ?? taken;
      if (before.length !== taken.length) throw new Error(`${file} has changed between two measurements`);
      merged.set(file, either(before, taken));
    }
  return merged;
}

/** "0110" and "0011" are "0111". */
const either = (one: string, other: string): string =>
  other.replaceAll("0", (_, at: number) => one[at] ?? "0");

const percentOf = ({ total, covered }: { total: number; covered: number }): number =>
  Math.floor((10_000 * covered) / total) / 100;

/** Lines of a Markdown table; with a table to compare with, its percentages too. */
export function writeTable(table: BranchTable, before: BranchTable = {}): string {
  const head = ["| folder | branches | taken | % | before |", "|---|---|---|---|---|"];
  const rows = Object.entries(table).map(([folder, { total, covered, percent }]) => {
    const earlier = before[folder]?.percent.toFixed(2) ?? "";
    return `| ${folder} | ${total} | ${covered} | ${percent.toFixed(2)} | ${earlier} |`;
  });
  return [...head, ...rows].join("\n");
}

/** The folders of both tables whose percentage has become lower. */
export function lowerFolders(table: BranchTable, before: BranchTable): string[] {
  return Object.entries(table)
    .filter(([folder, { percent }]) => percent < (before[folder]?.percent ?? 0))
    .map(([folder]) => folder);
}
