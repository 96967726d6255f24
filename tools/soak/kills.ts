import { crashRun } from "../../test/crash/crash-run.ts";

/** Kills a server under load again and again: what it acknowledged must be there each time. */
export async function soakKills(kills: number, seed: number): Promise<boolean> {
  const begin = performance.now();
  const { acknowledged, wrong } = await crashRun(kills, seed);
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  process.stdout.write(
    `kills: ${kills}, seed ${seed}, ${seconds} s: ${acknowledged} calls acknowledged, ${wrong.length} things wrong\n`,
  );
  for (const text of wrong) process.stdout.write(`  ${text}\n`);
  return wrong.length === 0;
}
