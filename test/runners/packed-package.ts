import { execFile } from "node:child_process";
import { copyFile, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { BUNDLE } from "../entry.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Packs what this run of Vitest has bundled, with its declarations, as `npm pack` packs a release.
 * @param folder where the tarball is written
 * @returns the tarball's path
 */
export async function packPackage(folder: string): Promise<string> {
  const stage = await mkdtemp(join(folder, "stage-"));
  await cp(BUNDLE ?? "", join(stage, "dist"), { recursive: true });
  await cp(join(ROOT, "scenarios"), join(stage, "scenarios"), { recursive: true });
  await run(process.execPath, ["tools/types.ts", join(stage, "types")], { cwd: ROOT });
  for (const name of ["package.json", "README.md", "LICENSE", "NOTICE"])
    await copyFile(join(ROOT, name), join(stage, name));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: stage });
  await rm(stage, { recursive: true });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack has written no tarball to ${folder}`);
  return join(folder, tarball);
}
