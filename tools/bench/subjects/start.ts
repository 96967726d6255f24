import { showBeside, startBare } from "../bare.ts";
import type { Effort } from "../effort.ts";
import { startTree } from "../emulator.ts";
import { thisTree } from "../trees.ts";
import { LoadClient } from "../load/load.ts";
import { measureStart } from "../start-figures.ts";

const close = async (): Promise<void> => {};

export async function benchStart(effort: Effort): Promise<void> {
  const client = await LoadClient.open();
  const bare = async () => ({ measure: () => measureStart(startBare, client), close });
  const ours = async () => ({
    measure: () => measureStart(async () => startTree(await thisTree()), client),
    close,
  });
  await showBeside("bare node:http", [bare, ours], { rounds: effort.rounds(15) });
  await client.close();
}
