import { useEffect, useState } from "preact/hooks";
import { OPERATIONS } from "../../local/sdk/control-operations.ts";
import { everyWhileVisible } from "./schedule.ts";

/** How often a page looks whether the emulator is back. */
const PING_MS = 1_000;

/** Whether the emulator answers. `returns` counts how often it came back: answers from before are then stale. */
interface Connection {
  readonly isGone: boolean;
  readonly returns: number;
}

let connection: Connection = { isGone: false, returns: 0 };
let stopPinging: (() => void) | undefined;
const listeners = new Set<(connection: Connection) => void>();

function change(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener(next);
}

const answers = (): Promise<boolean> =>
  fetch(OPERATIONS.readHealth[1]).then(
    () => true,
    () => false,
  );

/** Called when a request had no answer: a scenario breaks connections too, so the emulator itself is asked. */
export async function checkConnection(): Promise<void> {
  if (connection.isGone || (await answers())) return;
  change({ ...connection, isGone: true });
  stopPinging ??= everyWhileVisible(PING_MS, () => void ping());
}

async function ping(): Promise<void> {
  if (!connection.isGone || !(await answers())) return;
  stopPinging?.();
  stopPinging = undefined;
  change({ isGone: false, returns: connection.returns + 1 });
}

export function useConnection(): Connection {
  const [current, setCurrent] = useState(connection);
  useEffect(() => {
    listeners.add(setCurrent);
    setCurrent(connection);
    return () => void listeners.delete(setCurrent);
  }, []);
  return current;
}
