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

/** Keeps the process alive while somebody waits for this, which may wait for nothing but the time. */
export async function staysAwakeFor<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 2 ** 31 - 1);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
