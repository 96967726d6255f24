/** The script of an import's worker; vitest.config.ts puts a bundle of it in place of its source. */
export const WORKER_ENTRY = new URL("../src/worker.ts", import.meta.url);
