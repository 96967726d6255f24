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
