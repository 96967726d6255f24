import type { Durations } from "../../../domain/time/durations.ts";
import { ok, type Handlers } from "../handler.ts";
import { readDurationOf } from "../read-values.ts";

/** The current durations, which are read when a state begins; only this file changes them. */
export type ChangeableDurations = { -readonly [Name in keyof Durations]: Durations[Name] };

/** How long a resource stays in each transient state. Changes apply to states that begin later. */
export const durationHandlers = (
  durations: () => ChangeableDurations,
): Handlers<"readDurations" | "changeDurations"> => ({
  readDurations: () => ok(durations()),
  changeDurations: ({ body }) => {
    // All values are parsed before any is changed.
    const changes = Object.entries(body).map(([name, value]) => [
      name,
      typeof value === "string" ? readDurationOf(name, value) : value,
    ]);
    return ok(Object.assign(durations(), Object.fromEntries(changes)));
  },
});
