import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageSet } from "../../src/domain/image-set.ts";
import { LowdbState } from "../../src/storage/lowdb-state.ts";
import { startEmulator } from "../../src/index.ts";
import { median, show } from "./figures.ts";
import { createImageSet, DATASTORE, usedBytes } from "./image-sets.ts";

const FEW = 100;
const MANY = 100_000;
const ROUNDS = 9;
const CHANGES = 300;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** What a folder of many image sets costs: to open, in memory, and for each change that is kept. */
export async function benchStore(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-bench-"));
  const [few, many] = [join(folder, "few"), join(folder, "many")];
  for (const [place, count] of [
    [few, FEW],
    [many, MANY],
  ] as const)
    await fill(place, count);
  const times: [elapsed: number, cpu: number][] = [];
  for (let round = 0; round < 5; round++) times.push(await timeOpening(many));
  const seconds = [times.map(([elapsed]) => elapsed), times.map(([, cpu]) => cpu)].map(
    (values) => `${(median(values) / 1000).toFixed(2)} s`,
  );
  show(`opening a folder of ${MANY} image sets, medians`, `${seconds.join(", processor time ")} (goal 3 s)`);
  const before = usedBytes();
  const state = await LowdbState.open(many, SILENT);
  show("  memory of the documents", `${((usedBytes() - before) / MANY).toFixed(0)} bytes an image set`);
  const [ofFew, ofMany] = await timeChanges(await LowdbState.open(few, SILENT), state);
  show(`one change of an image set, kept on the disk, processor time, of ${FEW}`, `${ofFew.toFixed(0)} µs`);
  show(`  of ${MANY}`, `${ofMany.toFixed(0)} µs, ratio ${(ofMany / ofFew).toFixed(2)} (goal 1.2)`);
  await rm(folder, { recursive: true });
}

async function fill(folder: string, count: number): Promise<void> {
  const state = await LowdbState.open(folder, SILENT);
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

/** Microseconds of processor time of one change, each waited for; the two in turn, since machines have moods. */
async function timeChanges(
  ...states: readonly [LowdbState, LowdbState]
): Promise<[few: number, many: number]> {
  const rounds: [number[], number[]] = [[], []];
  const documents = states.map((state) => [...state.imageSets.values()]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const index of [0, 1] as const)
      rounds[index].push(await timeRound(states[index], documents[index] ?? [], round));
  }
  return [median(rounds[0]), median(rounds[1])];
}

async function timeRound(state: LowdbState, documents: readonly ImageSet[], round: number): Promise<number> {
  const begin = process.cpuUsage();
  for (let turn = 0; turn < CHANGES; turn++) {
    const imageSet = documents[(turn * 7_919) % documents.length];
    if (imageSet === undefined) throw new Error("no image set");
    const [version] = imageSet.versions;
    const versions = [{ ...version, updatedAt: version.updatedAt + round }] as const;
    state.update(({ imageSets }) => imageSets.put({ ...imageSet, versions }));
    await state.durable();
  }
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / CHANGES;
}
