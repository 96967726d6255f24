import { CONNECTIONS, measureCalls } from "../against/calls.ts";
import type { Effort } from "../effort.ts";
import { showTable, type Figure } from "../figures.ts";
import { measureInTurn, type Contestant } from "../in-turn.ts";
import { LoadClient } from "../load/load.ts";
import { cpuMilliseconds, megabytes, stop } from "../processes.ts";
import { openPeers, type Peer } from "./table.ts";

const ROUNDS = 15;
const [WARM_CALLS, CALLS] = [500, 2_000] as const;

/** Other emulators on the same work, beside this one: started, asked and stopped in turn. */
export async function benchPeers(effort: Effort): Promise<void> {
  const peers = openPeers();
  const client = await LoadClient.open();
  const rounds = effort.rounds(ROUNDS);
  const measured = await measureInTurn(
    peers.map((peer) => async () => contestant(peer, client, effort)),
    { rounds },
  );
  showTable(
    `medians of ${rounds}`,
    peers.map(({ name }) => name),
    measured,
  );
  await client.close();
}

const contestant = (peer: Peer, client: LoadClient, effort: Effort): Contestant => ({
  measure: () => measurePeer(peer, client, effort),
  close: async () => {},
});

async function measurePeer({ begin, trivial }: Peer, client: LoadClient, effort: Effort): Promise<Figure[]> {
  const started = await begin();
  const cpu = cpuMilliseconds(started.pid);
  const kind = { name: "call", requests: [trivial()] } as const;
  await measureCalls(client, started, kind, effort.count(WARM_CALLS, CONNECTIONS));
  const [perCall, perSecond, clientShare] = await measureCalls(
    client,
    started,
    kind,
    effort.count(CALLS, 2 * CONNECTIONS),
  );
  const memory = megabytes(started.pid, "VmRSS");
  await stop(started);
  const figures: readonly (Figure | undefined)[] = [
    { name: "READY", value: started.milliseconds, unit: "ms" },
    { name: "its CPU", value: cpu, unit: "ms" },
    perSecond && { ...perSecond, name: "calls/s" },
    perCall && { ...perCall, name: "CPU a call" },
    { name: "memory after", value: memory, unit: "MB" },
    clientShare && { ...clientShare, name: "client's core" },
  ];
  return figures.filter((figure) => figure !== undefined);
}
