import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { posixPath } from "../posix-path.ts";
import type { Edit, Operator } from "./edits.ts";

/** A change of a source file, located by text, so that it is found again after its line has moved. */
export interface Mutant {
  /** The folder of src it was drawn for and its number there. */
  readonly id: string;
  /** Relative to the tree. */
  readonly file: string;
  /** The line when it was drawn, 1-based. */
  readonly line: number;
  readonly operator: Operator;
  /** Whole lines that stand in the file once. */
  readonly find: string;
  readonly replace: string;
}

/** The position of a mutant in the current tree. */
export interface Placement {
  readonly file: string;
  readonly line: number;
  /** The source with the mutant in it. */
  readonly mutated: string;
}

export const lineAt = (code: string, offset: number): number => code.slice(0, offset).split("\n").length;

export function describeMutant(id: string, file: string, code: string, edit: Edit): Mutant {
  const [start, end] = spanOnce(code, edit);
  const find = code.slice(start, end);
  const replace = find.slice(0, edit.start - start) + edit.replacement + find.slice(edit.end - start);
  return { id, file, line: lineAt(code, edit.start), operator: edit.operator, find, replace };
}

/** The lines of the edit, and as many around them as it takes for the text to be there once. */
function spanOnce(code: string, edit: Edit): [start: number, end: number] {
  let start = code.lastIndexOf("\n", edit.start - 1) + 1;
  let end = endOfLine(code, edit.end);
  while (!isThereOnce(code, code.slice(start, end))) {
    start = start === 0 ? 0 : code.lastIndexOf("\n", start - 2) + 1;
    end = endOfLine(code, end + 1);
  }
  return [start, end];
}

function endOfLine(code: string, offset: number): number {
  const end = code.indexOf("\n", offset);
  return end === -1 ? code.length : end;
}

const isThereOnce = (code: string, text: string): boolean =>
  code.includes(text) && code.indexOf(text) === code.lastIndexOf(text);

/** Looks into the mutant's own file first, then into all of src: undefined where the text is gone or not unique. */
export async function placeMutant(root: string, mutant: Mutant): Promise<Placement | undefined> {
  const own = await placeIn(root, mutant.file, mutant);
  if (own !== undefined) return own;
  const names = await readdir(join(root, "src"), { recursive: true });
  const files = names.filter((name) => name.endsWith(".ts")).map((name) => `src/${posixPath(name)}`);
  const found = (await Promise.all(files.map((file) => placeIn(root, file, mutant)))).filter(
    (placement) => placement !== undefined,
  );
  return found.length === 1 ? found[0] : undefined;
}

async function placeIn(
  root: string,
  file: string,
  { find, replace }: Mutant,
): Promise<Placement | undefined> {
  const code = await readFile(join(root, file), "utf8").catch(() => "");
  if (!isThereOnce(code, find)) return undefined;
  const start = code.indexOf(find);
  const lead = sameLead(find, replace);
  const mutated = code.slice(0, start) + replace + code.slice(start + find.length);
  return { file, line: lineAt(code, start + lead), mutated };
}

/** How many characters two strings have in common at their beginning. */
function sameLead(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

/** Puts the mutant into the tree; the function it answers takes it out. */
export async function applyMutant(root: string, { file, mutated }: Placement): Promise<() => Promise<void>> {
  const path = join(root, file);
  const original = await readFile(path, "utf8");
  await writeFile(path, mutated);
  return () => writeFile(path, original);
}
