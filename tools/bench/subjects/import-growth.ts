import { createCtFiles } from "../ct-files.ts";
import type { Effort } from "../effort.ts";
import { Emulator } from "../emulator.ts";
import { thisTree } from "../trees.ts";
import { show } from "../figures.ts";
import { megabytes } from "../processes.ts";
import { median } from "../ratio.ts";

const SIDE = 256;
/** Files of a job, and how often it is run. */
const SIZES: readonly (readonly [files: number, rounds: number])[] = [
  [10, 15],
  [100, 5],
  [1_000, 1],
  [5_000, 1],
];

/** How time and memory change as jobs grow. */
export async function benchImportGrowth(effort: Effort): Promise<void> {
  const { file } = createCtFiles(SIDE);
  const emulator = await Emulator.open(await thisTree());
  await emulator.fill("warm", effort.count(200, 2), file);
  await emulator.importAll("warm");
  const perFile = new Map<number, number>();
  for (const [usual, rounds] of SIZES) {
    const files = effort.count(usual, 2);
    await emulator.fill(`of-${usual}`, files, file);
    const times: number[] = [];
    for (let round = 0; round < effort.count(rounds, 1); round++)
      times.push(await emulator.importAll(`of-${usual}`));
    perFile.set(usual, median(times) / files);
  }
  const sizes = SIZES.map(([usual]) => effort.count(usual, 2)).join(", ");
  const figures = [...perFile.values()].map((milliseconds) => milliseconds.toFixed(2)).join(", ");
  const growth = (perFile.get(5_000) ?? Number.NaN) / (perFile.get(100) ?? Number.NaN);
  show(`time per file (${SIDE}x${SIDE}) in a job of ${sizes}`, `${figures} ms`);
  show("  the largest job against the second", `ratio ${growth.toFixed(2)}`);
  show("  peak memory, resident", `${megabytes(emulator.pid, "VmHWM").toFixed(0)} MB`);
  await emulator.close();
}
