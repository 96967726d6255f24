import { showBeside, startBare } from "../bare.ts";
import type { Effort } from "../effort.ts";
import { startTree } from "../emulator.ts";
import { thisTree } from "../trees.ts";
import { measureIdleMemory } from "../start-figures.ts";

const close = async (): Promise<void> => {};

export async function benchMemory(effort: Effort): Promise<void> {
  const bare = async () => ({ measure: () => measureIdleMemory(startBare), close });
  const ours = async () => ({
    measure: () => measureIdleMemory(async () => startTree(await thisTree())),
    close,
  });
  await showBeside("bare node:http", [bare, ours], { rounds: effort.rounds(5) });
}
