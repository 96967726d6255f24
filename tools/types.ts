import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Writes the declarations that the package comes with: in `types` or where it is told, with imports as Node.js wants them. */
const outdir = process.argv[2] ?? "types";
await rm(outdir, { recursive: true, force: true });
const tsc = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace("package.json", "bin/tsc");
execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json", "--outDir", outdir], { stdio: "inherit" });

for (const name of await readdir(outdir, { recursive: true })) {
  if (!name.endsWith(".d.ts")) continue;
  const path = join(outdir, name);
  const code = await readFile(path, "utf8");
  await writeFile(path, code.replaceAll(/((?:from|import)\(?\s*"\.[^"]*)\.ts"/g, '$1.js"'));
}
