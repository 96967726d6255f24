import { basename, join, relative, resolve } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { importsOfSource, moduleOf } from "./imports-of-source.ts";

const SOURCE = resolve(import.meta.dirname, "../../src");

interface Late {
  /** Evaluated when they are used. */
  readonly within: readonly string[];
  /** Files of their own beside the bundle, `<name>.cjs`: those that are large. */
  readonly beside: readonly string[];
}

/**
 * Packages, and files of the source, that are loaded when a name of them is first used, not when the bundle is. The
 * imports of the source stay as they are.
 */
export async function loadOnUse(
  { within, beside }: Late,
  outdir: string,
): Promise<{ readonly plugin: Plugin; readonly metafiles: readonly Metafile[] }> {
  const imported = await importsOfSource(SOURCE);
  const plugin: Plugin = {
    name: "load packages when they are used",
    setup: (bundle) => {
      bundle.onResolve({ filter: /.*/ }, ({ path, importer, resolveDir, kind }) => {
        if (kind !== "import-statement" || !importer.startsWith(SOURCE)) return undefined;
        const name = moduleOf(path, relative(SOURCE, resolveDir));
        return [...within, ...beside].includes(name) ? { path: name, namespace: "late" } : undefined;
      });
      bundle.onResolve({ filter: /^\..*\.cjs$/, namespace: "late" }, ({ path }) => ({
        path,
        external: true,
      }));
      bundle.onLoad({ filter: /.*/, namespace: "late" }, ({ path }) => ({
        contents: standIn(
          within.includes(path) ? specifierOf(path) : `./${fileOf(path)}`,
          imported.get(path) ?? new Set(),
        ),
        resolveDir: SOURCE,
      }));
    },
  };
  const metafiles = await Promise.all(beside.map((module) => bundleAlone(module, outdir, plugin)));
  return { plugin, metafiles };
}

/** Of a package, or of a file of the source. */
const specifierOf = (module: string): string => (module.endsWith(".ts") ? `./${module}` : module);

const fileOf = (module: string): string =>
  `${basename(module.replace("@", "").replaceAll("/", "-"), ".ts")}.cjs`;

/** An object with a getter for each name; a default import is the CommonJS module itself, of any names. */
function standIn(specifier: string, names: ReadonlySet<string>): string {
  const load = `let loaded; const load = () => (loaded ??= require(${JSON.stringify(specifier)}));`;
  if (names.has("default"))
    return `${load} module.exports = new Proxy({}, { get: (_, name) => load()[name] });`;
  const getters = [...names].map((name) => `get ${name}() { return load().${name}; }`);
  return `${load} module.exports = { ${getters.join(", ")} };`;
}

/** What is loaded on use stays outside these files, too. Classes of the source are there a second time. */
async function bundleAlone(module: string, outdir: string, loadLate: Plugin): Promise<Metafile> {
  const isSource = module.endsWith(".ts");
  const name = JSON.stringify(specifierOf(module));
  // Parts of a package that a file of the source does not use are left out, if the package has ES modules.
  const contents = isSource ? `export * from ${name};` : `module.exports = require(${name});`;
  const { metafile } = await build({
    stdin: { contents, resolveDir: SOURCE },
    outfile: join(outdir, fileOf(module)),
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node22",
    ...(isSource ? { mainFields: ["module", "main"], plugins: [loadLate] } : {}),
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: "warning",
    metafile: true,
  });
  return metafile;
}
