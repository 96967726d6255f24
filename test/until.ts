import { setTimeout as pause } from "node:timers/promises";
import { inject } from "vitest";

const FIRST_PAUSE_MS = 1;
/** An emulator that is ours soon has what is asked for; a service elsewhere counts requests. */
const LONGEST_PAUSE_MS = inject("transport") === "elsewhere" ? 2_000 : 25;

/**
 * Asks as a polling client does, until an answer is the one that is waited for. The only timer of the tests: a
 * loop without a pause takes the processor from the work that it waits for.
 */
export async function until<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const answer = await ask();
    if (isDone(answer)) return answer;
    await pause(pauseMs);
  }
}
