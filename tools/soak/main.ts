import { soakFuzz } from "./fuzz.ts";
import { soakKills } from "./kills.ts";
import { soakLoad } from "./load.ts";

/**
 * The long runs, by hand: `npm run soak [-- SUBJECT [COUNT [SEED]]]`. Each prints what it saw and answers
 * whether all was well; ends with 1 where one of them was not.
 */
const SUBJECTS = {
  fuzz: (count = 10_000, seed = 1) => soakFuzz(count, seed),
  kills: (count = 300, seed = 1) => soakKills(count, seed),
  load: (seconds = 60, seed = 1) => soakLoad(seconds, seed),
};

const [name, ...numbers] = process.argv.slice(2);
const chosen = Object.entries(SUBJECTS).filter(([subject]) => name === undefined || subject === name);
if (chosen.length === 0) throw new Error(`no subject ${name}: there are ${Object.keys(SUBJECTS).join(", ")}`);
for (const [, soak] of chosen) {
  const [count, seed] = numbers.map(Number);
  if (!(await soak(count, seed))) process.exitCode = 1;
}
