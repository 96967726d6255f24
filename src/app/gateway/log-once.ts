import type { Log } from "../../domain/log.ts";

const MAX_KEYS = 100;

/** Warns of each of a hundred keys once: a client that asks again and again, or by ever new names, fills no log. */
export function createLogOnce(log: Pick<Log, "warn">): (key: string, message: string) => void {
  const logged = new Set<string>();
  return (key, message) => {
    if (logged.has(key) || logged.size === MAX_KEYS) return;
    logged.add(key);
    log.warn(message);
  };
}
