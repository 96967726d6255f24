import type { Effort } from "../effort.ts";
import { showComparison, showHeader, showHeading } from "../figures.ts";
import { measureInTurn } from "../in-turn.ts";
import { LoadClient } from "../load/load.ts";
import type { Verdict } from "../ratio.ts";
import { thisTree, treeOf } from "../trees.ts";
import { frames, imageSet, instance, metadata, s3, scenarios, search, trivial } from "./call-subjects.ts";
import {
  importInProcess,
  importSubject,
  instances,
  latency,
  metadataLatency,
  reset,
} from "./import-subjects.ts";
import { memory, startSubject } from "./start-subjects.ts";
import type { Subject } from "./subject.ts";

/** Contestants that live as long as the subject: they start in each round anyway, or take long to fill. */
const LASTING: ReadonlySet<Subject> = new Set([
  startSubject,
  memory,
  search,
  reset,
  latency,
  metadataLatency,
]);

export const AGAINST_SUBJECTS: Readonly<Record<string, Subject>> = {
  start: startSubject,
  memory,
  trivial,
  "image-set": imageSet,
  metadata,
  frames,
  instance,
  s3,
  search,
  scenarios,
  import: importSubject,
  "import-in-process": importInProcess,
  instances,
  reset,
  latency,
  "metadata-latency": metadataLatency,
};

const ROUNDS = 15;

/** This tree beside another commit. @returns whether something is worse */
export async function benchAgainst(ref: string, names: readonly string[], effort: Effort): Promise<boolean> {
  const [before, after] = [await treeOf(ref), await thisTree()];
  const client = await LoadClient.open();
  const verdicts: Verdict[] = [];
  try {
    for (const name of names) {
      const subject = AGAINST_SUBJECTS[name];
      if (subject === undefined) continue;
      showHeading(name);
      const rounds = effort.rounds(ROUNDS);
      const openers = [before, after].map((tree) => () => subject(tree, { client, effort }));
      const isFresh = !LASTING.has(subject);
      const [old = [], current = []] = await measureInTurn(openers, { rounds, isFresh });
      showHeader(`${rounds} rounds`, [before.name, after.name]);
      verdicts.push(...showComparison(old, current));
    }
  } finally {
    await client.close();
  }
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const [worse, better, few] = [count("worse"), count("better"), count("too few rounds")];
  const note = few === 0 ? "" : `, ${few} of too few rounds`;
  process.stdout.write(`\n${verdicts.length} figures: ${worse} worse, ${better} better${note}\n`);
  return worse > 0;
}
