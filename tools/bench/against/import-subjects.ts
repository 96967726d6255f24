import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compile } from "../compile.ts";
import { createCtFiles } from "../ct-files.ts";
import { Emulator } from "../emulator.ts";
import { makeFolder } from "../folders.ts";
import type { Tree } from "../trees.ts";
import type { Figure } from "../figures.ts";
import type { InstanceTimes } from "../in-process.ts";
import { toWire } from "../load/load.ts";
import { ask, cpuMilliseconds, forgetPeak, megabytes, start, stop, type Started } from "../processes.ts";
import { withPrivateElements } from "../../../test/importer/private-elements.ts";
import { createTinyFiles } from "../tiny-files.ts";
import type { Subject } from "./subject.ts";

const SIDE = 512;
const FILES = 100;

/** Measures the cost of an import in its process. */
export async function watch(name: string, pid: number, work: () => Promise<number>): Promise<Figure[]> {
  forgetPeak(pid);
  const before = cpuMilliseconds(pid);
  const elapsed = await work();
  return [
    { name, value: elapsed, unit: "ms" },
    { name: `${name}, processor time`, value: cpuMilliseconds(pid) - before, unit: "ms" },
    { name: `${name}, peak memory`, value: megabytes(pid, "VmHWM"), unit: "MB" },
  ];
}

export const importSubject: Subject = async (tree, { effort }) => {
  const emulator = await Emulator.open(tree);
  const count = effort.count(FILES, 4);
  await emulator.fill("ct", count, createCtFiles(SIDE).file);
  const name = `import of ${count} CT files, server`;
  const measure = () => watch(name, emulator.pid, () => emulator.importAll("ct"));
  return { measure, close: () => emulator.close() };
};

/** A process with emulators of a tree, and a folder of its own. */
async function startInProcess({ folder }: Tree, count: number, side: number) {
  const files = await makeFolder();
  const { file } = createCtFiles(side);
  for (let index = 0; index < count; index++) await writeFile(join(files, `${index}.dcm`), file(index));
  const program = await compile(new URL("../in-process.ts", import.meta.url));
  const entry = pathToFileURL(join(folder, "dist/index.js")).href;
  const started = await start([program, entry, files], { hasChannel: true });
  const close = async (): Promise<void> => {
    await stop(started);
    await rm(files, { recursive: true });
  };
  return { started, close };
}

export const importInProcess: Subject = async (tree, { effort }) => {
  const count = effort.count(FILES, 4);
  const { started, close } = await startInProcess(tree, count, SIDE);
  const name = `import of ${count} CT files, in process`;
  const work = async () => (await ask<{ ms: number }>(started, "import")).ms;
  return { measure: () => watch(name, started.pid, work), close };
};

/** One file: what comes before the encoding is what counts. */
export const instances: Subject = async (tree) => {
  const { started, close } = await startInProcess(tree, 1, 256);
  await ask(started, "import");
  return { measure: () => measureSecond(started), close };
};

async function measureSecond(started: Started): Promise<Figure[]> {
  const times = await ask<InstanceTimes>(started, "second");
  return [
    { name: "a second emulator in a process: create", value: times.createMs, unit: "ms" },
    { name: "  its first import", value: times.firstImportMs, unit: "ms" },
    { name: "  its next", value: times.warmImportMs, unit: "ms" },
    { name: "  first / next (goal 1.3)", value: times.firstImportMs / times.warmImportMs, unit: "x" },
    { name: "  close", value: times.closeMs, unit: "ms" },
  ];
}

const RESET_IMAGE_SETS = 200;

/** Measures from the request to its answer, with image sets to remove. */
export const reset: Subject = async (tree, { effort }) => {
  const emulator = await Emulator.open(tree);
  const count = effort.count(RESET_IMAGE_SETS, 5);
  await emulator.fill("tiny", count, createTinyFiles());
  const measure = async (): Promise<Figure[]> => {
    await emulator.createDatastore();
    await emulator.importAll("tiny");
    const before = cpuMilliseconds(emulator.pid);
    const begin = performance.now();
    await emulator.json("POST", "/_local/reset", {});
    const elapsed = performance.now() - begin;
    const cpu = cpuMilliseconds(emulator.pid) - before;
    return [
      { name: `reset of ${count} image sets`, value: elapsed, unit: "ms" },
      { name: `reset of ${count} image sets, processor time`, value: cpu, unit: "ms" },
    ];
  };
  return { measure, close: () => emulator.close() };
};

const LATENCY_FILES = 200;
const PRIVATE_ELEMENTS = 400_000;
const PAUSE_MS = 2;

/** GetImageSet while every worker has work, beside a bare server that waits for the same cores. */
export const latency: Subject = (tree, bench) => {
  const { file } = createCtFiles(SIDE);
  return duringImport("an import", { file, count: bench.effort.count(LATENCY_FILES, 8) })(tree, bench);
};

/** The same beside one file of 4 MB whose metadata is many times its size. */
export const metadataLatency: Subject = (tree, bench) => {
  const file = withPrivateElements(bench.effort.count(PRIVATE_ELEMENTS, 40_000));
  return duringImport("an import of much metadata", { file: () => file, count: 1 })(tree, bench);
};

interface Files {
  readonly file: (index: number) => Uint8Array;
  readonly count: number;
}

const duringImport =
  (work: string, { file, count }: Files): Subject =>
  async (tree, { client }) => {
    const emulator = await Emulator.open(tree);
    const bare = await start([await compile(new URL("../bare-server.ts", import.meta.url))]);
    await emulator.fill("work", count, file);
    await emulator.importAll("work");
    const { imageSetId } = await emulator.firstImageSet();
    const path = emulator.path(`/imageSet/${imageSetId}/getImageSet`);
    const lanes = [
      { url: emulator.url, requests: [toWire({ method: "POST", path })] },
      { url: bare.url, requests: [toWire({ method: "POST", path: "/" })] },
    ];
    const measure = async (): Promise<Figure[]> => {
      const job = { lanes, connections: 1, pauseMs: PAUSE_MS };
      const {
        lanes: [ours, theirs],
      } = await client.runUntil(job, () => emulator.importAll("work"));
      const [p99, bareP99] = [ours?.p99Ms ?? Number.NaN, theirs?.p99Ms ?? Number.NaN];
      return [
        { name: `GetImageSet during ${work}: 99th percentile`, value: p99, unit: "ms" },
        { name: "  of a bare server beside it", value: bareP99, unit: "ms", better: "told" },
        { name: "  ours / bare", value: p99 / bareP99, unit: "x" },
        { name: `GetImageSet during ${work}: median`, value: ours?.medianMs ?? Number.NaN, unit: "ms" },
      ];
    };
    const close = async (): Promise<void> => {
      await emulator.close();
      await stop(bare);
    };
    return { measure, close };
  };
