import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

/**
 * Writes the package's type declarations, to `types` or to the given folder: those that users can reach, with
 * imports in the form that Node.js requires.
 */
const outdir = process.argv[2] ?? "types";
const BUNDLED = /from "(zod|express|lowdb|pino|yaml|p-limit|lru-cache)\b/;
await rm(outdir, { recursive: true, force: true });
const tsc = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace("package.json", "bin/tsc");
execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json", "--outDir", outdir], { stdio: "inherit" });

/** The files that users import, and those that these refer to; what of our packages others mention stays out. */
async function collect(path: string, found: Set<string>): Promise<void> {
  if (found.has(path)) return;
  found.add(path);
  const code = await readFile(path, "utf8");
  const imported = code.replaceAll(/((?:from|import)\(?\s*"\.[^"]*)\.ts"/g, '$1.js"');
  const [bundled] = BUNDLED.exec(imported) ?? [];
  if (bundled !== undefined) throw new Error(`${path} shows users a bundled package: ${bundled}`);
  await writeFile(path, imported);
  for (const [, specifier = ""] of imported.matchAll(/(?:from|import)\(?\s*"(\.[^"]*)\.js"/g))
    await collect(resolve(dirname(path), `${specifier}.d.ts`), found);
}

const { exports } = JSON.parse(await readFile("package.json", "utf8")) as {
  exports: Record<string, string | { readonly types: string }>;
};
const kept = new Set<string>();
for (const entry of Object.values(exports))
  if (typeof entry !== "string") await collect(resolve(outdir, relative("types", entry.types)), kept);

for (const entry of await readdir(outdir, { recursive: true, withFileTypes: true })) {
  const path = resolve(entry.parentPath, entry.name);
  if (entry.isFile() && !kept.has(path)) await rm(path);
}
await removeEmptyFolders(outdir);

async function removeEmptyFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await removeEmptyFolders(join(folder, entry.name));
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
