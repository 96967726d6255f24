import { SERVICE_RELEASES, type ServiceRelease } from "../../../src/api/releases/service-release.ts";
import { watch } from "../against/import-subjects.ts";
import { showBeside } from "../bare.ts";
import { createCtFiles } from "../ct-files.ts";
import type { Effort } from "../effort.ts";
import { Emulator } from "../emulator.ts";
import type { Contestant } from "../in-turn.ts";
import { thisTree, type Tree } from "../trees.ts";

const SIDE = 512;
const FILES = 100;

/** Imports of the newest release beside the same of the oldest: of a new series, of the rest of one, of one again. */
export async function benchReleases(effort: Effort): Promise<void> {
  const tree = await thisTree();
  const count = effort.count(FILES, 4);
  const [older, newer] = [SERVICE_RELEASES[0], SERVICE_RELEASES[1]];
  const openers = [() => open(tree, older, count), () => open(tree, newer, count)] as const;
  await showBeside(older, openers, { rounds: effort.rounds(7), isFresh: true }, undefined, newer);
}

async function open(tree: Tree, release: ServiceRelease, count: number): Promise<Contestant> {
  const emulator = await Emulator.open(tree, { flags: ["--service-release", release] });
  // The least time that an image set is IMPORTING would be measured.
  await emulator.json("POST", "/_local/durations", { imageSetImportingMs: 0 });
  const { file } = createCtFiles(SIDE);
  await emulator.fill("first", count, file);
  await emulator.fill("rest", count, (index) => file(count + index));
  const measure = async () => {
    await emulator.createDatastore();
    const jobs = { "a new series": "first", "the rest of a series": "rest", "a series again": "rest" };
    const figures = [];
    for (const [name, folder] of Object.entries(jobs)) {
      const title = `import of ${name}, ${count} CT files`;
      figures.push(...(await watch(title, emulator.pid, () => emulator.importAll(folder))));
    }
    return figures;
  };
  return { measure, close: () => emulator.close() };
}
