import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { computeValues } from "./bundle/compute-values.ts";
import { buildConsole } from "./bundle/console.ts";
import { lateBuiltins } from "./bundle/late-builtins.ts";
import { loadOnUse } from "./bundle/load-on-use.ts";
import { writeNotices } from "./bundle/notices.ts";
import { parseJson } from "./bundle/parse-json.ts";
import { createSbom } from "./bundle/sbom.ts";
import { withSameWrappers } from "./bundle/same-wrappers.ts";
import { slimExpress } from "./bundle/slim-express.ts";
import { posixPath } from "./posix-path.ts";

/**
 * Bundles src into dist: what starts fast. The emulator is one script, `emulator.cjs`, which the command line and
 * the library load with its compiled code (bundle/load-bundle.ts); packages that a start does not need are files
 * beside it. The codecs stay packages, since each looks for its WASM file beside itself, and so do those that a
 * user's tests bring along. What was bundled is named in `sbom.cdx.json`, and its licences
 * stand in `THIRD-PARTY-NOTICES.txt`.
 * Arguments: the folder; for tests, a file for esbuild's metafiles.
 */
const [outdir = "dist", metafilesPath] = process.argv.slice(2);
await rm(outdir, { recursive: true, force: true });
const metafiles: Metafile[] = [];

/** Writes a bundle, and remembers what is in it. */
async function write(options: BuildOptions): Promise<void> {
  const { metafile } = await build({ ...options, metafile: true });
  metafiles.push(metafile);
}

/** Names stay as they are, for stacks: to shorten them and keep them aside (`keepNames`) costs a call for each. */
const shared: BuildOptions = {
  outdir,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22",
  minifyWhitespace: true,
  minifySyntax: true,
  // Node.js prints the line of an uncaught error.
  lineLimit: 160,
  external: ["@cornerstonejs/*", "testcontainers", "vitest"],
  logLevel: "warning",
  // For imports that late-builtins.ts has not seen, such as a function of `import * as fs`.
  logOverride: { "import-is-undefined": "error" },
};

/**
 * Not needed until a log line is written, a body is XML, a file is YAML or DICOM, there is another S3 or HTTPS, the
 * port is in use, a request has what its release does not know, a stored document or a value is checked, DICOMweb is
 * searched, or a route of /_local is called.
 */
const { plugin: loadLate, metafiles: ofFilesBeside } = await loadOnUse(
  {
    within: [
      "api/limits/quota-names.ts",
      "api/releases/new-inputs.ts",
      "api/releases/not-followed.ts",
      "dicom-character-set",
      "dicom-parser",
      "imaging/dicom/metadata/value-check.ts",
      "storage/documents/document-shapes.ts",
    ],
    beside: [
      "@aws-sdk/checksums/crc",
      "@aws-sdk/client-s3",
      "api/model/published-service.ts",
      "app/cli/doctor/doctor.ts",
      "app/cli/ohif/ohif.ts",
      "app/cli/port-in-use.ts",
      "app/tls/x509.ts",
      "domain/image-sets/metadata/json-metadata.ts",
      "fast-xml-parser",
      "healthimaging/dicomweb/search/search-dicom.ts",
      "local/control/routes/control-routes.ts",
      "imaging/dicom/dictionary/dictionary-table.ts",
      "lru-cache",
      "pino",
      "yaml",
    ],
  },
  outdir,
);
metafiles.push(...ofFilesBeside);

/** Contexts of test runners have no `import()` (Jest's, without a flag of Node.js): it becomes a `require`. */
const withoutImport: BuildOptions = { format: "cjs", supported: { "dynamic-import": false } };

const EMULATOR = "emulator.cjs";
await write({
  ...shared,
  outdir: undefined,
  outfile: join(outdir, EMULATOR),
  stdin: {
    contents: `export * from "./index.ts"; export { main } from "./app/cli/main.ts";`,
    resolveDir: "src",
    loader: "ts",
  },
  ...withoutImport,
  define: { "import.meta.url": "__url", "import.meta.dirname": "__dirname" },
  banner: {
    js: `(function (exports, __filename, __dirname, __url) { const module = { exports }; let r;
const require = (id) => (r ??= process.getBuiltinModule("node:module").createRequire(__filename))(id);`,
  },
  footer: { js: "Object.defineProperties(exports, Object.getOwnPropertyDescriptors(module.exports)); })" },
  plugins: [
    slimExpress,
    parseJson,
    computeValues(["api/model/default-service.ts", "api/package-version.ts"]),
    loadLate,
    await lateBuiltins(),
  ],
});

const emulator = withSameWrappers(await readFile(join(outdir, EMULATOR), "utf8"));
await writeFile(join(outdir, EMULATOR), emulator);
const hash = createHash("sha256").update(emulator);
/** Modules that entries import from the bundle, not from source. */
const IN_EMULATOR: ReadonlyMap<string, "index" | "main"> = new Map([
  ["src/index.ts", "index"],
  ["src/app/emulator.ts", "index"],
  ["src/local/sdk/control-client.ts", "index"],
  ["src/app/cli/main.ts", "main"],
]);
/** They share the classes of the package's main entry. */
const BESIDE_INDEX = new Set(["src/app/vitest-fixtures.ts", "src/local/sdk/testcontainers.ts"]);
const fromBundle: Plugin = {
  name: "the emulator is the bundle",
  setup: (bundle) => {
    bundle.onResolve({ filter: /^\./ }, ({ path, importer, resolveDir }) => {
      const source = IN_EMULATOR.get(posixPath(relative(".", resolve(resolveDir, path))));
      if (source === undefined) return undefined;
      if (BESIDE_INDEX.has(posixPath(relative(".", importer))))
        return { path: "./index.cjs", external: true };
      return { path: source, namespace: "emulator" };
    });
    bundle.onLoad({ filter: /.*/, namespace: "emulator" }, async ({ path }) => ({
      contents: `import { loadBundle } from "./bundle/load-bundle.ts";
export const { ${path === "main" ? "main" : (await namesOf("src/index.ts")).join(", ")} } = loadBundle();`,
      resolveDir: import.meta.dirname,
    }));
    bundle.onResolve({ filter: /^@aws-sdk\// }, ({ path }) => ({ path, external: true }));
  },
};

/** The exports of a module, without types. */
async function namesOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    ...shared,
    entryPoints: [entry],
    packages: "external",
    write: false,
    metafile: true,
  });
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports);
}

const plugins = [fromBundle, loadLate, await lateBuiltins()];
const entries: BuildOptions = {
  ...shared,
  define: { BUNDLE_HASH: JSON.stringify(hash.digest("hex").slice(0, 16)) },
  banner: {
    js: 'const require = (id) => process.getBuiltinModule("node:module").createRequire(import.meta.url)(id);',
  },
  plugins,
};
const forBoth = {
  client: "src/client.ts",
  register: "src/register.ts",
  testcontainers: "src/testcontainers.ts",
};
await write({ ...entries, entryPoints: { ...forBoth, cli: "src/cli.ts", vitest: "src/vitest.ts" } });

/** For `require`, also where a test runner has a module system of its own, as Jest does. */
const commonJs: BuildOptions = {
  ...shared,
  ...withoutImport,
  outExtension: { ".js": ".cjs" },
  define: { ...entries.define, "import.meta.url": "__url" },
  banner: { js: 'const __url = require("node:url").pathToFileURL(__filename).href;' },
  plugins,
};
await write({ ...commonJs, entryPoints: forBoth });
/** A process has each class once, however it loads the package: `index.js` re-exports `index.cjs`. */
await write({
  ...commonJs,
  outdir: undefined,
  outfile: join(outdir, "index.cjs"),
  stdin: { contents: `export * from "./index.ts";`, resolveDir: "src", loader: "ts" },
});
const names = await namesOf("src/index.ts");
await writeFile(join(outdir, "index.js"), `export { ${names.join(", ")} } from "./index.cjs";\n`);
/** Vitest has ES modules alone; Jest's own words of one are "Must use import to load ES Module". */
const noRequire = `healthimaging-local/vitest is for Vitest, whose tests are ES modules: use import. \
In Jest and elsewhere use createEmulator of healthimaging-local`;
await writeFile(join(outdir, "vitest.cjs"), `throw new Error(${JSON.stringify(noRequire)});\n`);
await write({
  ...shared,
  entryPoints: { worker: "src/worker.ts" },
  banner: entries.banner,
  plugins: [await lateBuiltins()],
});

metafiles.push(...(await buildConsole(outdir)));

const sbom = createSbom(metafiles, ".");
await writeFile(join(outdir, "sbom.cdx.json"), `${JSON.stringify(sbom, null, 2)}\n`);
await writeFile(join(outdir, "THIRD-PARTY-NOTICES.txt"), writeNotices(metafiles, "."));
if (metafilesPath !== undefined) await writeFile(metafilesPath, JSON.stringify(metafiles));
