import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { AGAINST_SUBJECTS, benchAgainst } from "./against/against.ts";
import { createEffort } from "./effort.ts";
import { show, showHeading } from "./figures.ts";
import { benchPeers } from "./peers/peers.ts";
import { limitation } from "./processes.ts";
import { SUBJECTS } from "./subjects/subjects.ts";

/**
 * `npm run bench [-- SUBJECT ...]`: figures of this tree, built for it, as ratios against a baseline in the same run.
 * `-- --against REF [SUBJECT ...]`: this tree beside another commit; ends with 1 where something is worse.
 * `-- peers`: other emulators beside this one. `--rounds N`, `--small`: see README.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    against: { type: "string" },
    rounds: { type: "string" },
    small: { type: "boolean", default: false },
  },
});
const effort = createEffort(values.small, values.rounds === undefined ? undefined : Number(values.rounds));

const choose = (names: readonly string[]): readonly string[] => {
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`no subject ${unknown}: there are ${names.join(", ")}`);
  return positionals.length === 0 ? names : names.filter((name) => positionals.includes(name));
};

show("Node.js, cores", `${process.version}, ${availableParallelism()}`);
const [load = 0] = loadavg();
if (load > availableParallelism() / 2)
  show("others use this machine: times say little, processor times more", `load average ${load.toFixed(1)}`);
if (limitation !== undefined) show(limitation, "");
if (values.against !== undefined) {
  const names = choose(Object.keys(AGAINST_SUBJECTS));
  if (await benchAgainst(values.against, names, effort)) process.exitCode = 1;
} else if (positionals[0] === "peers") await benchPeers(effort);
else
  for (const name of choose(Object.keys(SUBJECTS))) {
    showHeading(name);
    await SUBJECTS[name]?.(effort);
  }
