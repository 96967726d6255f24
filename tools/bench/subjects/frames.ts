import { getImageFrame, importOne } from "../against/call-subjects.ts";
import { CALLS, CONNECTIONS, measureCalls } from "../against/calls.ts";
import { bareContestant, showBeside } from "../bare.ts";
import type { Effort } from "../effort.ts";
import { Emulator } from "../emulator.ts";
import { thisTree } from "../trees.ts";
import { LoadClient } from "../load/load.ts";

/** GetImageFrame beside a bare server that reads the same requests and sends as many bytes. */
export async function benchFrames(effort: Effort): Promise<void> {
  const client = await LoadClient.open();
  const emulator = await Emulator.open(await thisTree());
  const kind = getImageFrame(emulator, await importOne(emulator));
  const calls = effort.count(CALLS, CONNECTIONS);
  const { byteLength } = await emulator.ask(kind.requests[0]);
  const bare = await bareContestant(client, kind, calls, byteLength);
  const ours = {
    measure: () => measureCalls(client, emulator, kind, calls),
    close: () => emulator.close(),
  };
  await showBeside("bare node:http", [bare, ours], effort.rounds(15), `of ${byteLength} bytes`);
  await client.close();
}
