import type { Effort } from "../effort.ts";
import { Emulator } from "../emulator.ts";
import { thisTree } from "../trees.ts";
import { show } from "../figures.ts";
import { measureInTurn, type Contestant } from "../in-turn.ts";
import { median } from "../ratio.ts";
import { createTinyFiles } from "../tiny-files.ts";

const [FEW, MANY] = [10, 1_000] as const;
const ROUNDS = 9;
/** Requests right after a reset, while the old files are being deleted. */
const REQUESTS = 50;

/** The cost of a reset with little or much data, and of the request right after it. */
export async function benchReset(effort: Effort): Promise<void> {
  for (const [place, isInMemory] of [
    ["in memory", true],
    ["with --data", false],
  ] as const) {
    const emulator = await Emulator.open(await thisTree(), { isInMemory });
    const counts = [effort.count(FEW, 2), effort.count(MANY, 10)];
    const openers = counts.map((count) => () => resetOf(emulator, count));
    const [few = [], many = []] = await measureInTurn(openers, { rounds: effort.rounds(ROUNDS) });
    await emulator.close();
    for (const { name } of few[0] ?? []) {
      const [ofFew, ofMany] = [few, many].map((rounds) =>
        median(
          rounds.flatMap((figures) => figures.filter((one) => one.name === name).map(({ value }) => value)),
        ),
      ) as [number, number];
      const ratio = (ofMany / ofFew).toFixed(2);
      show(
        `${place}, ${counts.join(", ")} image sets: ${name}`,
        `${ofFew.toFixed(2)}, ${ofMany.toFixed(2)} ms, ratio ${ratio}`,
      );
    }
  }
}

async function resetOf(emulator: Emulator, count: number): Promise<Contestant> {
  const file = createTinyFiles();
  for (let index = 0; index < count; index++)
    await emulator.s3("PUT", `/bench/of-${count}/${index}.dcm`, file(index));
  const create = () => emulator.json("POST", "/datastore", { clientToken: crypto.randomUUID() });
  const measure = async () => {
    await emulator.createDatastore();
    await emulator.importAll(`of-${count}`);
    const reset = await time(() => emulator.json("POST", "/_local/reset", {}));
    const requests: number[] = [];
    for (let request = 0; request < REQUESTS; request++) requests.push(await time(create));
    await emulator.json("POST", "/_local/reset", {});
    return [
      { name: "reset", value: reset, unit: "ms" },
      { name: "CreateDatastore right after it", value: median(requests), unit: "ms" },
    ];
  };
  return { measure, close: async () => {} };
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
