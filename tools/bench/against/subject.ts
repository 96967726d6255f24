import type { Effort } from "../effort.ts";
import type { Tree } from "../trees.ts";
import type { Contestant } from "../in-turn.ts";
import type { LoadClient } from "../load/load.ts";

/** What all subjects share. */
export interface Bench {
  readonly client: LoadClient;
  readonly effort: Effort;
}

/** What is measured of each of two trees: opened for each, then measured in turn. */
export type Subject = (tree: Tree, bench: Bench) => Promise<Contestant>;
