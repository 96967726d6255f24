import { LocalError } from "../../../api/local-errors.ts";
import { LAST_TIME } from "../../../domain/time/clock.ts";
import type { ClockMoves, Move } from "./clock-moves.ts";
import { ok, type Handlers, type Input } from "../handler.ts";
import type { Routes } from "../routes/routes.ts";
import { readDurationOf } from "../read-values.ts";
import { quote } from "../refusal.ts";

const NO_MOVE: Move = { fired: [], firedLeftOut: 0 };

/** @param moves those of the instance that is served now */
export const clockHandlers = (moves: () => ClockMoves): Handlers<"readClock" | "moveClock"> => ({
  readClock: () => ok(describeClock(moves(), NO_MOVE)),
  moveClock: async ({ body }) => {
    const current = moves();
    const move = await perform(current, body);
    return ok(describeClock(current, move));
  },
});

function describeClock({ clock }: ClockMoves, move: Move) {
  const { nextDue } = clock;
  return {
    now: new Date(clock.now()).toISOString(),
    isFrozen: clock.isFrozen,
    nextDue: nextDue === undefined ? null : new Date(nextDue).toISOString(),
    ...move,
  };
}

async function perform(moves: ClockMoves, wanted: Input<Routes["moveClock"]>["body"]): Promise<Move> {
  const { clock } = moves;
  switch (wanted.action) {
    case "resume":
      clock.resume();
      return NO_MOVE;
    case "freeze": {
      if (wanted.at === undefined) {
        clock.freeze();
        return NO_MOVE;
      }
      const time = readTime(wanted.at);
      checkReach(clock.now(), time);
      clock.freeze();
      return moves.move(() => checkReach(clock.now(), time));
    }
    case "set": {
      const time = readTime(wanted.at);
      return moves.move(() => checkReach(clock.now(), time));
    }
    case "advance": {
      const byMs = readDurationOf("by", wanted.by);
      return moves.move(() => checkReach(clock.now(), clock.now() + byMs));
    }
  }
}

/** Times of ISO 8601 with their zone; a day alone is its midnight in UTC. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

function readTime(at: string): number {
  const [text, day = ""] = TIME.exec(at) ?? [];
  const time = Date.parse(text ?? "");
  const midnight = Date.parse(day);
  // `2026-02-30` is read as a day of March by some.
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  if (!Number.isNaN(time) && isDay) return time;
  throw new LocalError(
    "InvalidTime",
    `at: ${quote(at)} is not a time: it is such as 2026-01-15T02:00:00Z, with its zone`,
  );
}

/** @returns `time`. @throws LocalError */
function checkReach(now: number, time: number): number {
  if (time > LAST_TIME) throw new LocalError("InvalidTime", "The clock does not go beyond the year 9999");
  if (time >= now) return time;
  const [at, current] = [time, now].map((moment) => new Date(moment).toISOString());
  throw new LocalError("InvalidTime", `Time does not go back: ${at} is before ${current}, which it is now`);
}
