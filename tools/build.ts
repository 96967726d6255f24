import { rm } from "node:fs/promises";
import { build } from "esbuild";

/**
 * Bundles src into dist: what starts fast. Chunks are shared, so a command loads what it uses; the
 * codecs stay packages, since each looks for its WASM file beside itself.
 */
const outdir = process.argv[2] ?? "dist";
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: { cli: "src/cli.ts", index: "src/index.ts", worker: "src/importer/worker.ts" },
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22",
  external: ["@cornerstonejs/*"],
  // CommonJS packages ask for Node's modules through `require`.
  banner: { js: 'import { createRequire as _cr } from "node:module"; const require = _cr(import.meta.url);' },
  logLevel: "warning",
});
