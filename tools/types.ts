import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/**
 * Writes the package's type declarations, to `types` or to the given folder: one file for each entry of package.json and
 * one for what they share. TypeScript emits a file for each source; they are bundled here, so that a user's editor
 * shows no internal module and no internal type.
 */
const outdir = process.argv[2] ?? "types";

interface Manifest {
  readonly exports: Readonly<
    Record<
      string,
      string | { readonly types?: string; readonly require?: string | { readonly types: string } }
    >
  >;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(await readFile("package.json", "utf8")) as Manifest;
const typed = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === "string" || entry.types === undefined ? [] : [{ ...entry, types: entry.types }],
);
const entries = typed.map(({ types }) => relative("types", types));
/** Those that `require` loads too. What both share is of CommonJS: a class has one declaration, however it is loaded. */
const commonJs = typed.flatMap((entry) =>
  typeof entry.require !== "object" ? [] : [basename(entry.types, ".d.ts")],
);

/** @throws Error for a package that users need not have: its types are of no use to them */
function isUsers(id: string): boolean {
  if (/^(\.|\/|[A-Za-z]:)/.test(id)) return false;
  if (isBuiltin(id) || Object.hasOwn(manifest.peerDependencies, id)) return true;
  throw new Error(`the declarations show users a bundled package: ${id}`);
}

const emitted = await mkdtemp(join(tmpdir(), "healthimaging-local-types-"));
try {
  const tsc = createRequire(import.meta.url)
    .resolve("typescript/package.json")
    .replace("package.json", "bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json", "--outDir", emitted], {
    stdio: "inherit",
  });
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((name) => [basename(name, ".d.ts"), resolve(emitted, name)])),
    external: isUsers,
    treeshake: { moduleSideEffects: false },
    // Every input is a declaration, so nothing is generated: any generator does that does not load TypeScript's API.
    plugins: [dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false, generator: "oxc" })],
  });
  await rm(outdir, { recursive: true, force: true });
  await bundle.write({
    dir: outdir,
    entryFileNames: ({ name }) => (commonJs.includes(name) ? "[name].d.cts" : "[name].d.ts"),
    chunkFileNames: "[name].cts",
    minifyInternalExports: false,
    codeSplitting: { groups: [{ name: "shared.d", minShareCount: 2 }] },
  });
  await bundle.close();
  for (const name of commonJs)
    await writeFile(join(outdir, `${name}.d.ts`), `export * from "./${name}.cjs";\n`);
} finally {
  await rm(emitted, { recursive: true });
}
