import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, writeWhole } from "./atomic-file.ts";
import { FOLDER_README } from "./folder-readme.ts";

/** Raised by whoever changes what is where, or what documents look like; with it comes a step from the one before. */
export const FORMAT_VERSION = 1;

/** Says that this program cannot read a folder, and what to do about it. */
export class FormatError extends Error {}

/**
 * Steps from one version to the next, by the version that they begin with. 0 is what was written before
 * there were versions: version 1 added only the version.
 */
const MIGRATIONS: readonly ((folder: string) => Promise<void>)[] = [async () => {}];

/**
 * Makes sure that a folder has the format of this program: writes the version and a README into a new one,
 * migrates an older one. A README that is changed or deleted stays so.
 * @throws FormatError for the folder of a newer program, or a version that cannot be read; nothing is changed then
 */
export async function openFormat(folder: string): Promise<void> {
  const path = join(folder, "format.json");
  const version = await readVersion(path);
  if (version > FORMAT_VERSION)
    throw new FormatError(
      `the data folder ${folder} has format ${version}, this program knows formats up to ${FORMAT_VERSION}: use a newer one, or another folder`,
    );
  if (version === FORMAT_VERSION) return;
  for (const migrate of MIGRATIONS.slice(version)) await migrate(folder);
  const readme = join(folder, "README.md");
  if (!existsSync(readme)) await writeFile(readme, FOLDER_README);
  await writeWhole(path, `${JSON.stringify({ version: FORMAT_VERSION }, null, 2)}\n`);
}

async function readVersion(path: string): Promise<number> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
  const version = /^\s*\{\s*"version"\s*:\s*([1-9]\d{0,8})\s*[,}]/.exec(text)?.[1];
  if (version !== undefined) return Number(version);
  throw new FormatError(
    `${path} does not tell the format of the data folder: it should be {"version": ${FORMAT_VERSION}}`,
  );
}
