import { getImageFrame, importOne, frames } from "../against/call-subjects.ts";
import { CALLS, CONNECTIONS } from "../against/calls.ts";
import { bareContestant, showBeside } from "../bare.ts";
import type { Effort } from "../effort.ts";
import { Emulator } from "../emulator.ts";
import { LoadClient } from "../load/load.ts";
import { thisTree } from "../trees.ts";

/** GetImageFrame beside a bare server that reads the same requests and sends as many bytes. */
export async function benchFrames(effort: Effort): Promise<void> {
  const client = await LoadClient.open();
  const tree = await thisTree();
  const emulator = await Emulator.open(tree);
  const kind = getImageFrame(emulator, await importOne(emulator));
  const { byteLength } = await emulator.ask(kind.requests[0]);
  await emulator.close();
  const bare = () => bareContestant(client, kind, effort.count(CALLS, CONNECTIONS), byteLength);
  const ours = () => frames(tree, { client, effort });
  const options = { rounds: effort.rounds(15), isFresh: true };
  await showBeside("bare node:http", [bare, ours], options, `of ${byteLength} bytes`);
  await client.close();
}
