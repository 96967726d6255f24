import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { posixPath } from "../posix-path.ts";
import { topFolder } from "./branches.ts";
import type { CoveringTests } from "./covering-tests.ts";
import { findEdits, type Edit } from "./edits.ts";
import { lineAt } from "./mutant.ts";
import { Random } from "./random.ts";

/** Tables that are made by a script: a wrong entry is a fault of the script. */
const GENERATED = /(?:dictionary-table|extent-program)\.ts$/;

export interface Source {
  readonly file: string;
  readonly code: string;
  /** Edits in lines that a test ran; all, for a file that coverage does not see. */
  readonly edits: readonly Edit[];
}

export interface Candidate {
  readonly source: Source;
  readonly edit: Edit;
}

export async function readSources(tree: string, tests: CoveringTests): Promise<Source[]> {
  const names = await readdir(join(tree, "src"), { recursive: true });
  const files = names.filter((name) => /(?<!\.d)\.ts$/.test(name) && !GENERATED.test(name)).sort();
  const sources = await Promise.all(files.map((name) => readSource(tree, `src/${posixPath(name)}`, tests)));
  return sources.filter(({ edits }) => edits.length > 0);
}

async function readSource(tree: string, file: string, tests: CoveringTests): Promise<Source> {
  const code = await readFile(join(tree, file), "utf8");
  const mayBeSeen = (edit: Edit): boolean =>
    tests.isSeen(file)
      ? tests.of(file, lineAt(code, edit.start)).length > 0
      : tests.ofName(file).length + tests.ofFolder(file).length > 0;
  return { file, code, edits: findEdits(code).filter(mayBeSeen) };
}

/** How many of `count` mutants each folder gets: at least one, the rest by lines of code (largest remainders). */
export function shareOut(count: number, sources: readonly Source[]): Map<string, number> {
  const lines = new Map<string, number>();
  for (const { file, code } of sources)
    lines.set(topFolder(file), (lines.get(topFolder(file)) ?? 0) + code.split("\n").length);
  const all = lines.values().reduce((sum, size) => sum + size, 0);
  const exact = [...lines].map(([folder, size]) => ({ folder, share: Math.max(1, (count * size) / all) }));
  const given = new Map(exact.map(({ folder, share }) => [folder, Math.floor(share)]));
  const byRemainder = exact.toSorted((a, b) => (b.share % 1) - (a.share % 1));
  let left = count - given.values().reduce((sum, number) => sum + number, 0);
  for (const { folder } of byRemainder) if (left-- > 0) given.set(folder, (given.get(folder) ?? 0) + 1);
  return given;
}

/**
 * The candidates of one slot of a folder, in an order that follows from the seed alone. The slots of a folder
 * share no source file; a long file comes before a short one more often; each round takes one edit of each file,
 * whose operator is drawn first, since there are more strings than conditions.
 */
export function* drawCandidates(
  seed: number,
  folder: string,
  sources: readonly Source[],
  slot: number,
  slots: number,
): Generator<Candidate> {
  const random = new Random(seed ^ hash(folder));
  const order = random.shuffle(
    sources.filter(({ file }) => topFolder(file) === folder),
    ({ edits }) => edits.length,
  );
  const queues = order.map((source) => ({ source, edits: shuffleByOperator(random, source.edits) }));
  const own = queues.filter((_, index) => index % slots === slot);
  for (let round = 0; own.some(({ edits }) => round < edits.length); round++)
    for (const { source, edits } of own) {
      const edit = edits[round];
      if (edit !== undefined) yield { source, edit };
    }
}

/** One of each operator, then a second of each, and so on. */
function shuffleByOperator(random: Random, edits: readonly Edit[]): Edit[] {
  const groups = [...Map.groupBy(edits, ({ operator }) => operator).values()];
  const queues = random.shuffle(groups).map((group) => random.shuffle(group));
  const longest = Math.max(...queues.map(({ length }) => length));
  return Array.from({ length: longest }, (_, round) => queues.flatMap((queue) => queue[round] ?? [])).flat();
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c_9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x0100_0193);
  return value;
}
