import { crashRun, type CrashRun } from "../../test/crash/crash-run.ts";
import { mergeRun } from "../../test/crash/merge-run.ts";
import { replaceRun } from "../../test/crash/replace-run.ts";

/** Kills in the middle of a reset, a restore or a snapshot import, and as many in merges, as a share of the kills under load. They come on top. */
const SHARE_OF_REPLACEMENTS = 1 / 3;

/** Kills a server again and again: what it acknowledged must be there each time, and nothing by half. */
export async function soakKills(kills: number, seed: number): Promise<boolean> {
  const replacements = Math.max(3, Math.ceil(kills * SHARE_OF_REPLACEMENTS));
  const isLoadKept = await told("kills", seed, () => crashRun(kills, seed));
  const areReplaced = await told("kills of resets, restores and snapshots", seed, async () => {
    const run = await replaceRun(replacements, seed);
    process.stdout.write(
      `  ${run.outcomes.old} times the old was there, ${run.outcomes.new} times the new\n`,
    );
    return run;
  });
  const areMerged = await told("kills of merges", seed, () => mergeRun(replacements, seed));
  return isLoadKept && areReplaced && areMerged;
}

async function told(name: string, seed: number, run: () => Promise<CrashRun>): Promise<boolean> {
  const begin = performance.now();
  const { kills, acknowledged, wrong } = await run();
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  process.stdout.write(
    `${name}: ${kills}, seed ${seed}, ${seconds} s: ${acknowledged} calls acknowledged, ${wrong.length} things wrong\n`,
  );
  for (const text of wrong) process.stdout.write(`  ${text}\n`);
  return wrong.length === 0;
}
