import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Writes the declarations that the package comes with, in `types` or where it is told: with imports as Node.js wants
 * them, and only files that the entries lead to. What users import needs none of the packages that are bundled.
 */
const outdir = process.argv[2] ?? "types";
const ENTRIES = ["index.d.ts", "client.d.ts", "vitest.d.ts", "testcontainers.d.ts"];
const BUNDLED = /from "(zod|express|lowdb|pino|yaml|p-limit)\b/;

await rm(outdir, { recursive: true, force: true });
const tsc = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace("package.json", "bin/tsc");
execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json", "--outDir", outdir], { stdio: "inherit" });

const reached = new Set(ENTRIES.map((name) => join(outdir, name)));
for (const path of reached) {
  const code = (await readFile(path, "utf8")).replaceAll(/((?:from|import)\(?\s*"\.[^"]*)\.ts"/g, '$1.js"');
  const [foreign] = BUNDLED.exec(code) ?? [];
  if (foreign !== undefined) throw new Error(`${path} shows users a bundled package: ${foreign}`);
  await writeFile(path, code);
  for (const [, specifier = ""] of code.matchAll(/(?:from|import)\(?\s*"(\.[^"]*)\.js"/g))
    reached.add(join(dirname(path), `${specifier}.d.ts`));
}
for (const name of await readdir(outdir, { recursive: true })) {
  const path = join(outdir, name);
  if (name.endsWith(".d.ts") && !reached.has(path)) await rm(path);
}
