import type { Clock } from "./clock.ts";

/** Real time. Nothing that waits on it keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, task) => {
    const timer = setTimeout(task, delayMs).unref();
    return () => clearTimeout(timer);
  },
  during: (work) => work,
};

const LONG_MS = 2 ** 30;

/** Keeps the process from ending for want of anything to do, until what is returned is called. */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, LONG_MS);
  return () => clearInterval(timer);
}
