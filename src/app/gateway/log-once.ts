import type { Log } from "../../domain/log.ts";

const MAX_KEYS = 100;

/**
 * Warns once for each of at most a hundred keys, so that a client that repeats a request, or varies its
 * names, does not fill the log.
 */
export function createLogOnce(log: Pick<Log, "warn">): (key: string, message: string) => void {
  const logged = new Set<string>();
  return (key, message) => {
    if (logged.has(key) || logged.size === MAX_KEYS) return;
    logged.add(key);
    log.warn(message);
  };
}
