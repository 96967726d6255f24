import { LocalError } from "../../../api/local-errors.ts";
import { LAST_TIME } from "../../../domain/time/clock.ts";
import type { ClockMoves, Move } from "./clock-moves.ts";
import { ok, type Handlers, type HandlerInput } from "../handler.ts";
import type { ControlRoutes } from "../routes/control-routes.ts";
import { readDurationOf, readTime } from "../read-values.ts";

const NO_MOVE: Move = { fired: [], firedLeftOut: 0 };

/** @param moves those of the current instance */
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

async function perform(
  moves: ClockMoves,
  wanted: HandlerInput<ControlRoutes["moveClock"]>["body"],
): Promise<Move> {
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

/** @returns `time`. @throws LocalError */
function checkReach(now: number, time: number): number {
  if (time > LAST_TIME) throw new LocalError("InvalidTime", "The clock cannot go beyond the year 9999");
  if (time >= now) return time;
  const [at, current] = [time, now].map((moment) => new Date(moment).toISOString());
  throw new LocalError("InvalidTime", `Time cannot go back: ${at} is before the current time ${current}`);
}
