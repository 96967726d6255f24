import { measureCalls, type Kind } from "./against/calls.ts";
import { compile } from "./compile.ts";
import { showComparison, showHeader } from "./figures.ts";
import { measureInTurn, type Contestant, type Open, type TurnOptions } from "./in-turn.ts";
import type { LoadClient } from "./load/load.ts";
import { start, stop, type Started } from "./processes.ts";

/** A `node:http` server that does nothing. @param byteLength of each answer */
export async function startBare(byteLength = 2): Promise<Started> {
  return start([await compile(new URL("bare-server.ts", import.meta.url)), String(byteLength)]);
}

/** The bare server under the same calls. */
export async function bareContestant(
  client: LoadClient,
  kind: Kind,
  calls: number,
  byteLength: number,
): Promise<Contestant> {
  const bare = await startBare(byteLength);
  return { measure: () => measureCalls(client, bare, kind, calls), close: () => stop(bare) };
}

/** Measures a baseline beside this tree, or something of it, in turn. Ratios are printed, without a verdict. */
export async function showBeside(
  baseline: string,
  openers: readonly [Open, Open],
  options: TurnOptions,
  title = `${options.rounds} rounds`,
  measured = "this tree",
): Promise<void> {
  const [theirs = [], ours = []] = await measureInTurn(openers, options);
  showHeader(title, [baseline, measured], false);
  showComparison(theirs, ours, false);
}
