import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { releaseNamed, resolveRelease, type ServiceRelease } from "./src/api/releases/service-release.ts";
import { BUNDLE_FOLDER } from "./test/setup/bundle.ts";
import { POLL_TIMEOUT_MS, scaled, TEST_TIMEOUT_MS } from "./test/setup/timeouts.ts";

// A file's name says its speed: test/README.md.
const TESTS = "test/**/*.test.ts";
const SYSTEM = "test/**/*.system.test.ts";
const CLIENTS = "test/**/*.clients.test.ts";
const OTHER_SPEEDS = [SYSTEM, CLIENTS];

/** What any HealthImaging must do, however it is reached. */
const CONTRACT = ["test/contract/**/*.test.ts", "test/guide/**/*.test.ts"];
/** Of these, what starts emulators of each release itself. */
const OF_BOTH_RELEASES = ["test/contract/releases/**"];
/** Of these, what is about how requests and answers travel: once more, over a socket. */
const WIRE = [
  "test/contract/data-stores.test.ts",
  "test/contract/image-sets/image-frames.test.ts",
  "test/contract/import.test.ts",
  "test/contract/tags.test.ts",
  "test/contract/image-sets/update-image-set-metadata.test.ts",
  "test/guide/code-examples.test.ts",
];
/** What cannot share the machine: it measures time, or mounts, or is a container. */
const ALONE = [
  "test/container.system.test.ts",
  "test/compose-file.system.test.ts",
  "test/crash/*.system.test.ts",
  "test/importer/workers/import-memory.system.test.ts",
  "test/storage/full-disk.system.test.ts",
  "test/app/cli/serve.system.test.ts",
];

const {
  HEALTHIMAGING_LOCAL_TEST_ENDPOINT,
  HEALTHIMAGING_LOCAL_TEST_AWS,
  HEALTHIMAGING_LOCAL_TEST_SERVICE_RELEASE,
} = process.env;
const isElsewhere = Boolean(HEALTHIMAGING_LOCAL_TEST_ENDPOINT || HEALTHIMAGING_LOCAL_TEST_AWS);
if (isElsewhere) {
  const place = HEALTHIMAGING_LOCAL_TEST_ENDPOINT || "AWS";
  process.stderr.write(
    `The contract suite at ${place}. SKIPPED: tests marked controlled, which need the clock, the settings or the disk of the emulator\n`,
  );
}

/** AWS itself is the newest service. */
const RELEASE_ELSEWHERE: ServiceRelease = resolveRelease(
  releaseNamed(HEALTHIMAGING_LOCAL_TEST_SERVICE_RELEASE ?? "") ??
    (HEALTHIMAGING_LOCAL_TEST_AWS ? "latest" : undefined),
);
const ELSEWHERE_TIMEOUT_MS = scaled(900_000);

const elsewhere = {
  extends: true as const,
  test: {
    name: "contract",
    include: CONTRACT,
    exclude: [SYSTEM],
    provide: { transport: "elsewhere" as const, serviceRelease: RELEASE_ELSEWHERE },
    testTimeout: ELSEWHERE_TIMEOUT_MS,
    hookTimeout: ELSEWHERE_TIMEOUT_MS,
    fileParallelism: false,
  },
};

const here = [
  {
    extends: true as const,
    test: {
      name: "unit",
      include: [TESTS],
      exclude: [...OTHER_SPEEDS, ...CONTRACT],
      provide: { transport: "in process" as const, serviceRelease: "2024-05" as const },
    },
  },
  {
    extends: true as const,
    test: {
      name: "contract",
      include: CONTRACT,
      exclude: OTHER_SPEEDS,
      provide: { transport: "in process" as const, serviceRelease: "2024-05" as const },
    },
  },
  {
    extends: true as const,
    test: {
      name: "contract-2026-06",
      include: CONTRACT,
      exclude: [...OTHER_SPEEDS, ...OF_BOTH_RELEASES],
      provide: { transport: "in process" as const, serviceRelease: "2026-06" as const },
    },
  },
  {
    extends: true as const,
    test: {
      name: "socket",
      include: WIRE,
      provide: { transport: "socket" as const, serviceRelease: "2024-05" as const },
    },
  },
  {
    extends: true as const,
    test: {
      name: "system",
      include: [SYSTEM],
      exclude: ALONE,
      provide: { transport: "socket" as const, serviceRelease: "2024-05" as const },
    },
  },
  {
    extends: true as const,
    test: {
      name: "alone",
      include: ALONE,
      provide: { transport: "socket" as const, serviceRelease: "2024-05" as const },
      fileParallelism: false,
      sequence: { groupOrder: 1 },
    },
  },
  {
    extends: true as const,
    test: {
      name: "clients",
      include: [CLIENTS],
      provide: { transport: "socket" as const, serviceRelease: "2024-05" as const },
      fileParallelism: false,
      sequence: { groupOrder: 2 },
    },
  },
];

/**
 * Workers run the bundle. For source, Node.js strips the types with its own WebAssembly, again in every thread:
 * this is slow, and with many short-lived threads V8 has ended the entire process (nodejs/node issue 64500). The
 * path comes from the environment, since Vitest caches transformed code between runs.
 */
const bundledWorker = {
  name: "the bundle in place of the worker's source",
  transform: (code: string, id: string) =>
    /\/(open-resources|worker-entry)\.ts$/.test(id)
      ? code.replace(/"[^"]*\/worker\.ts"/, "process.env.HEALTHIMAGING_LOCAL_TEST_WORKER")
      : undefined,
};
/** The console is served as this run has bundled it. */
const bundledConsole = {
  name: "the console of the bundle",
  transform: (code: string, id: string) =>
    id.endsWith("/serve-console.ts")
      ? code.replace(`"../../../dist/console/"`, "process.env.HEALTHIMAGING_LOCAL_TEST_CONSOLE")
      : undefined,
};
const env = {
  HEALTHIMAGING_LOCAL_TEST_BUNDLE: BUNDLE_FOLDER,
  HEALTHIMAGING_LOCAL_TEST_CONSOLE: `${pathToFileURL(join(BUNDLE_FOLDER, "console")).href}/`,
  HEALTHIMAGING_LOCAL_TEST_WORKER: pathToFileURL(join(BUNDLE_FOLDER, "worker.js")).href,
};

export default defineConfig({
  plugins: [bundledWorker, bundledConsole],
  test: {
    globalSetup: "test/setup/bundle.ts",
    env,
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    expect: { poll: { timeout: POLL_TIMEOUT_MS } },
    maxWorkers: Math.max(2, availableParallelism()),
    // Files of a worker share the modules, and the import's workers: a third of the processor time (test/README.md).
    pool: "forks",
    isolate: false,
    projects: isElsewhere ? [elsewhere] : here,
  },
});
