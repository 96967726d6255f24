/** The script of an import's worker: the bundle that vitest.config.ts makes, elsewhere its source. */
export const WORKER_ENTRY = new URL(
  process.env["HEALTHIMAGING_LOCAL_TEST_WORKER"] ?? "../src/importer/worker.ts",
  import.meta.url,
);
