import type { Effort } from "../effort.ts";
import type { Tree } from "../trees.ts";
import type { Contestant } from "../in-turn.ts";
import type { LoadClient } from "../load/load.ts";

/** The parts that all subjects share. */
export interface Bench {
  readonly client: LoadClient;
  readonly effort: Effort;
}

/** Measures both trees: a contestant is opened for each, and they are measured in turn. */
export type Subject = (tree: Tree, bench: Bench) => Promise<Contestant>;
