import type { Subject } from "../against/subject.ts";
import type { Effort } from "../effort.ts";
import { thisTree } from "../trees.ts";
import { show } from "../figures.ts";
import { measureInTurn } from "../in-turn.ts";
import { LoadClient } from "../load/load.ts";
import { median } from "../ratio.ts";

/** A subject whose baseline is in its own figures: of this tree alone. */
export async function benchAlone(subject: Subject, effort: Effort, usualRounds: number): Promise<void> {
  const client = await LoadClient.open();
  const tree = await thisTree();
  const open = () => subject(tree, { client, effort });
  const [rounds = []] = await measureInTurn([open], { rounds: effort.rounds(usualRounds) });
  for (const { name, unit } of rounds[0] ?? []) {
    const values = rounds.flatMap((figures) => figures.filter((figure) => figure.name === name));
    show(name, `${median(values.map(({ value }) => value)).toFixed(2)} ${unit}, median of ${rounds.length}`);
  }
  await client.close();
}
