import { startTree } from "../emulator.ts";
import { measureIdleMemory, measureStart } from "../start-figures.ts";
import type { Subject } from "./subject.ts";

const close = async (): Promise<void> => {};

export const startSubject: Subject = async (tree, { client }) => ({
  measure: () => measureStart(() => startTree(tree), client),
  close,
});

export const memory: Subject = async (tree) => ({
  measure: () => measureIdleMemory(() => startTree(tree)),
  close,
});
