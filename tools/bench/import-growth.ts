import { createCtFiles } from "./ct-files.ts";
import { median, show } from "./figures.ts";
import { ImportServer } from "./import-server.ts";
import { megabytes } from "./server.ts";

const SIDE = 256;
/** Files of a job, and how often it is run. */
const SIZES: readonly (readonly [files: number, rounds: number])[] = [
  [10, 15],
  [100, 5],
  [1_000, 1],
  [5_000, 1],
];

/** What becomes of time and memory as jobs grow. */
export async function benchImportGrowth(): Promise<void> {
  const { file } = createCtFiles(SIDE);
  const server = await ImportServer.open();
  await server.fill("warm", 200, file);
  await server.importAll("warm");
  const perFile: number[] = [];
  for (const [files, rounds] of SIZES) {
    await server.fill(`of-${files}`, files, file);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await server.importAll(`of-${files}`));
    perFile.push(median(times) / files);
  }
  const sizes = SIZES.map(([files]) => files).join(", ");
  const figures = perFile.map((milliseconds) => milliseconds.toFixed(2)).join(", ");
  show(`time per file (${SIDE}x${SIDE}) in a job of ${sizes}`, `${figures} ms`);
  show(
    "  the largest job against that of 100",
    `ratio ${((perFile[3] ?? 0) / (perFile[1] ?? 0)).toFixed(2)}`,
  );
  show("  peak memory, resident", `${megabytes(server.started, "VmHWM").toFixed(0)} MB`);
  await server.close();
}
