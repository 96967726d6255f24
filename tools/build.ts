import { rm } from "node:fs/promises";
import { build, type Plugin } from "esbuild";

/**
 * Bundles src into dist: what starts fast. Chunks are shared, so a command loads what it uses; the
 * codecs stay packages, since each looks for its WASM file beside itself, and so do those that a user's
 * tests bring along.
 */
const ofTheTests: Plugin = {
  name: "clients of a user's tests are the user's",
  setup: (bundle) => {
    bundle.onResolve({ filter: /^@aws-sdk\// }, ({ path, importer }) =>
      importer.endsWith("src/vitest.ts") ? { path, external: true } : undefined,
    );
  },
};

const outdir = process.argv[2] ?? "dist";
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: {
    cli: "src/cli.ts",
    index: "src/index.ts",
    client: "src/client.ts",
    register: "src/client/register.ts",
    testcontainers: "src/client/testcontainers.ts",
    vitest: "src/vitest.ts",
    worker: "src/importer/worker.ts",
  },
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22",
  external: ["@cornerstonejs/*", "testcontainers", "vitest"],
  plugins: [ofTheTests],
  // CommonJS packages ask for Node's modules through `require`.
  banner: { js: 'import { createRequire as _cr } from "node:module"; const require = _cr(import.meta.url);' },
  logLevel: "warning",
});
