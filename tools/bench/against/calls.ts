import { Emulator } from "../emulator.ts";
import type { Figure } from "../figures.ts";
import type { Contestant } from "../in-turn.ts";
import { toWire, type Asked, type LoadClient } from "../load/load.ts";
import { cpuMilliseconds } from "../processes.ts";
import type { Bench, Subject } from "./subject.ts";

/** Small costs become visible in this number of calls. */
export const CALLS = 10_000;
export const CONNECTIONS = 8;

/** Calls of one kind, whose requests come in turn. */
export interface Kind {
  readonly name: string;
  readonly requests: readonly [Asked, ...Asked[]];
  /** The number of calls of an entire run; `CALLS` by default. */
  readonly calls?: number;
}

/** Measures a server's cost for calls of one kind. */
export async function measureCalls(
  client: LoadClient,
  server: { readonly url: string; readonly pid: number },
  { name, requests }: Kind,
  calls: number,
): Promise<Figure[]> {
  const lanes = [{ url: server.url, requests: requests.map(toWire) }];
  const before = cpuMilliseconds(server.pid);
  const result = await client.run({ lanes, connections: CONNECTIONS, calls, pauseMs: 0 });
  const microseconds = ((cpuMilliseconds(server.pid) - before) * 1000) / result.calls;
  const perSecond = (1000 * result.calls) / result.elapsedMs;
  const clientShare = (100 * result.cpuMs) / result.elapsedMs;
  return [
    { name: `${name}: processor time a call`, value: microseconds, unit: "µs" },
    { name: `${name}: calls a second`, value: perSecond, unit: "/s", better: "more" },
    { name: `${name}: the client's share of a core`, value: clientShare, unit: "%", better: "told" },
  ];
}

/** A subject of calls: a server that is filled once, and loaded in each round. */
export const callSubject =
  (
    kindsOf: (emulator: Emulator, bench: Bench) => Promise<readonly Kind[]>,
    options: Parameters<typeof Emulator.open>[1] = {},
  ): Subject =>
  async (tree, bench): Promise<Contestant> => {
    const emulator = await Emulator.open(tree, options);
    const kinds = await kindsOf(emulator, bench);
    const measure = async (): Promise<Figure[]> => {
      const figures: Figure[] = [];
      for (const kind of kinds) {
        const calls = bench.effort.count(kind.calls ?? CALLS, CONNECTIONS);
        figures.push(...(await measureCalls(bench.client, emulator, kind, calls)));
      }
      return figures;
    };
    return { measure, close: () => emulator.close() };
  };
