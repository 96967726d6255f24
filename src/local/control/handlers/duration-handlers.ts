import type { Durations } from "../../../domain/time/durations.ts";
import { ok, type Handlers } from "../handler.ts";
import { readDurationOf } from "../read-values.ts";

/** The durations that everything reads when something begins; this alone changes them. */
export type ChangeableDurations = { -readonly [Name in keyof Durations]: Durations[Name] };

/** How long a resource stays in each transient state, for what begins from then on. */
export const durationHandlers = (
  durations: () => ChangeableDurations,
): Handlers<"readDurations" | "changeDurations"> => ({
  readDurations: () => ok(durations()),
  changeDurations: ({ body }) => {
    // All are read before any is changed.
    const changes = Object.entries(body).map(([name, value]) => [
      name,
      typeof value === "string" ? readDurationOf(name, value) : value,
    ]);
    return ok(Object.assign(durations(), Object.fromEntries(changes)));
  },
});
