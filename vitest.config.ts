import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { defineConfig } from "vitest/config";

const TESTS = "test/**/*.test.ts";
/** What any HealthImaging must do, however it is reached. */
const CONTRACT = ["test/contract/**/*.test.ts", "test/guide/**/*.test.ts"];
/** Of these, what is about sockets or about what is on the disk. */
const SOCKET_ONLY = [
  "test/contract/admission.test.ts",
  "test/contract/get-dicom-instance.test.ts",
  "test/contract/instance-files.test.ts",
  "test/contract/search.test.ts",
  "test/contract/quotas.test.ts",
  "test/contract/storage-tiers.test.ts",
  "test/contract/wire.test.ts",
  "test/guide/boto3.test.ts",
];
const EMULATOR_ONLY = [
  ...SOCKET_ONLY,
  "test/contract/persistence.test.ts",
  "test/contract/delete-image-set.test.ts",
  "test/contract/import.test.ts",
  "test/contract/import-limits.test.ts",
  "test/contract/copy-image-set.test.ts",
  "test/contract/update-image-set-metadata.test.ts",
  "test/contract/states/*.test.ts",
];

const { HEALTHIMAGING_LOCAL_TEST_ENDPOINT, HEALTHIMAGING_LOCAL_TEST_AWS } = process.env;
const isElsewhere = Boolean(HEALTHIMAGING_LOCAL_TEST_ENDPOINT || HEALTHIMAGING_LOCAL_TEST_AWS);
if (isElsewhere) {
  const place = HEALTHIMAGING_LOCAL_TEST_ENDPOINT || "AWS";
  process.stderr.write(
    `The contract suite at ${place}. SKIPPED: what needs the clock or the disk of the emulator: tests marked controlled, ${EMULATOR_ONLY.join(", ")}\n`,
  );
}

const ELSEWHERE_TIMEOUT_MS = 900_000;

const elsewhere = {
  extends: true as const,
  test: {
    name: "elsewhere",
    include: CONTRACT,
    exclude: EMULATOR_ONLY,
    provide: { transport: "elsewhere" as const },
    testTimeout: ELSEWHERE_TIMEOUT_MS,
    hookTimeout: ELSEWHERE_TIMEOUT_MS,
    fileParallelism: false,
  },
};

/**
 * Node.js strips the types of source with WebAssembly of its own, anew in every thread: slow, and with many
 * threads that come and go V8 has ended the whole process over it (nodejs/node issue 64500).
 */
const WORKER = "node_modules/.cache/healthimaging-local/worker.js";
await build({
  entryPoints: ["src/importer/worker.ts"],
  outfile: WORKER,
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  logLevel: "warning",
});
const bundledWorker = {
  name: "the bundle in place of the worker's source",
  transform: (code: string, id: string) =>
    /\/(compose|worker-entry)\.ts$/.test(id)
      ? code.replace(/"[^"]*importer\/worker\.ts"/, JSON.stringify(pathToFileURL(WORKER).href))
      : undefined,
};

export default defineConfig({
  plugins: [bundledWorker],
  test: {
    // Imports of real files share two cores with everything else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: isElsewhere
      ? [elsewhere]
      : [
          { extends: true, test: { name: "socket", include: [TESTS], provide: { transport: "socket" } } },
          {
            extends: true,
            test: {
              name: "in process",
              include: CONTRACT,
              exclude: SOCKET_ONLY,
              provide: { transport: "in process" },
            },
          },
        ],
  },
});
