import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ImageSet } from "../../../src/domain/image-sets/image-set.ts";
import { FileState } from "../../../src/storage/documents/file-state.ts";
import { startEmulator } from "../../../src/index.ts";
import type { Effort } from "../effort.ts";
import { makeFolder } from "../folders.ts";
import { show } from "../figures.ts";
import { median } from "../ratio.ts";
import { createImageSet, DATASTORE, usedBytes } from "./image-sets.ts";

const FEW = 100;
const MANY = 100_000;
const ROUNDS = 9;
const CHANGES = 300;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** The cost of a folder with many image sets: to open, in memory, and for each stored change. */
export async function benchStore(effort: Effort): Promise<void> {
  const folder = await makeFolder();
  const count = effort.count(MANY, FEW);
  const [few, many] = [join(folder, "few"), join(folder, "many")];
  await fill(few, FEW);
  await fill(many, count);
  const times: [elapsed: number, cpu: number][] = [];
  for (let round = 0; round < effort.rounds(5); round++) times.push(await timeOpening(many));
  const seconds = [times.map(([elapsed]) => elapsed), times.map(([, cpu]) => cpu)].map(
    (values) => `${(median(values) / 1000).toFixed(2)} s`,
  );
  show(`opening a folder of ${count} image sets, medians`, `${seconds.join(", processor time ")} (goal 3 s)`);
  const before = usedBytes();
  const state = await FileState.open(many, SILENT);
  show("  memory of the documents", `${((usedBytes() - before) / count).toFixed(0)} bytes an image set`);
  const [ofFew, ofMany] = await timeChanges(effort, await FileState.open(few, SILENT), state);
  show(`one change of an image set, kept on the disk, processor time, of ${FEW}`, `${ofFew.toFixed(0)} µs`);
  show(`  of ${count}`, `${ofMany.toFixed(0)} µs, ratio ${(ofMany / ofFew).toFixed(2)} (goal 1.2)`);
  await rm(folder, { recursive: true });
}

async function fill(folder: string, count: number): Promise<void> {
  await mkdir(folder); // A state makes no folder of its own: one that is gone must not come back empty.
  const state = await FileState.open(folder, SILENT);
  state.update(({ datastores }) => datastores.put(DATASTORE));
  for (let index = 0; index < count; index++)
    state.update(({ imageSets }) => imageSets.put(createImageSet(index)));
  await state.durable();
}

/** Milliseconds: on a busy machine the processor's time says more. */
async function timeOpening(data: string): Promise<[elapsed: number, cpu: number]> {
  const begin = [performance.now(), process.cpuUsage()] as const;
  const emulator = await startEmulator({ data });
  const { user, system } = process.cpuUsage(begin[1]);
  const elapsed = performance.now() - begin[0];
  await emulator.close();
  return [elapsed, (user + system) / 1000];
}

/**
 * Microseconds of processor time of one change, each waited for. The two take turns, and the first round, in which
 * the code is compiled, is not kept.
 */
async function timeChanges(
  effort: Effort,
  ...states: readonly [FileState, FileState]
): Promise<[few: number, many: number]> {
  const rounds: [number[], number[]] = [[], []];
  const documents = states.map((state) => [...state.imageSets.values()]);
  for (let round = 0; round <= effort.rounds(ROUNDS); round++) {
    for (const index of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const microseconds = await timeRound(effort, states[index], documents[index] ?? [], round);
      if (round > 0) rounds[index].push(microseconds);
    }
  }
  return [median(rounds[0]), median(rounds[1])];
}

async function timeRound(
  effort: Effort,
  state: FileState,
  documents: readonly ImageSet[],
  round: number,
): Promise<number> {
  const changes = effort.count(CHANGES, 5);
  const begin = process.cpuUsage();
  for (let turn = 0; turn < changes; turn++) {
    const imageSet = documents[(turn * 7_919) % documents.length];
    if (imageSet === undefined) throw new Error("no image set");
    const [version] = imageSet.versions;
    const versions = [{ ...version, updatedAt: version.updatedAt + round }] as const;
    state.update(({ imageSets }) => imageSets.put({ ...imageSet, versions }));
    await state.durable();
  }
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / changes;
}
