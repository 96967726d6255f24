import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { LAST_TIME } from "../domain/clock.ts";
import { answer } from "./answer.ts";
import type { ClockMoves, Move } from "./clock-moves.ts";
import { ControlError } from "./control-error.ts";
import { readDurationOf, readJsonObject, refuseUnknown, unknownName } from "./read-request.ts";

const EXAMPLE = '{"action": "advance", "by": "PT5M"}';

interface Wanted {
  readonly by: unknown;
  readonly at: unknown;
}

/** What each action takes besides its name. */
const TAKES = { freeze: ["at"], advance: ["by"], set: ["at"], resume: [] } as const satisfies Readonly<
  Record<string, readonly (keyof Wanted)[]>
>;
const ACTIONS = Object.keys(TAKES) as (keyof typeof TAKES)[];

/** Serves `/_local/clock`: what time it is; POST stops, moves or lets it run. */
export async function answerClock(moves: ClockMoves, request: HttpRequest): Promise<HttpResponse> {
  const move = request.method === "POST" ? await act(moves, request) : NO_MOVE;
  const { clock } = moves;
  const { nextDue } = clock;
  return answer(200, {
    now: new Date(clock.now()).toISOString(),
    isFrozen: clock.isFrozen,
    nextDue: nextDue === undefined ? null : new Date(nextDue).toISOString(),
    ...move,
  });
}

const NO_MOVE: Move = { fired: [], firedLeftOut: 0 };

async function act(moves: ClockMoves, request: HttpRequest): Promise<Move> {
  const { action: name, ...wanted } = await readJsonObject(request, EXAMPLE);
  const action = ACTIONS.find((known) => known === name);
  if (action === undefined) throw unknownAction(name);
  refuseUnknown("key", Object.keys(wanted), ["by", "at"]);
  const takes: readonly string[] = TAKES[action];
  for (const key of Object.keys(wanted)) {
    if (!takes.includes(key)) throw new ControlError(400, `${action} takes no ${key}`);
  }
  return perform(moves, action, { by: wanted["by"], at: wanted["at"] });
}

const unknownAction = (name: unknown): ControlError =>
  typeof name === "string"
    ? unknownName("action", name, ACTIONS)
    : new ControlError(400, `The body names no action: it is such as ${EXAMPLE}`);

async function perform(moves: ClockMoves, action: keyof typeof TAKES, { by, at }: Wanted): Promise<Move> {
  const { clock } = moves;
  switch (action) {
    case "resume":
      clock.resume();
      return NO_MOVE;
    case "freeze": {
      if (at === undefined) {
        clock.freeze();
        return NO_MOVE;
      }
      const time = readTime(at);
      checkReach(clock.now(), time);
      clock.freeze();
      return moves.move(() => checkReach(clock.now(), time));
    }
    case "set": {
      const time = readTime(at);
      return moves.move(() => checkReach(clock.now(), time));
    }
    case "advance": {
      if (typeof by !== "string") throw new ControlError(400, `advance needs a duration: ${EXAMPLE}`);
      const byMs = readDurationOf("by", by);
      return moves.move(() => checkReach(clock.now(), clock.now() + byMs));
    }
  }
}

/** Times of ISO 8601 with their zone; a day alone is its midnight in UTC. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

function readTime(at: unknown): number {
  const [text, day = ""] = (typeof at === "string" && TIME.exec(at)) || [];
  const time = Date.parse(text ?? "");
  const midnight = Date.parse(day);
  // `2026-02-30` is read as a day of March by some.
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  if (!Number.isNaN(time) && isDay) return time;
  const given = at === undefined ? "at is missing" : `at: ${JSON.stringify(at).slice(0, 64)} is no time`;
  throw new ControlError(400, `${given}: it is such as 2026-01-15T02:00:00Z, with its zone`);
}

/** @returns `time`. @throws ControlError 400 */
function checkReach(now: number, time: number): number {
  if (time > LAST_TIME) throw new ControlError(400, "The clock does not go beyond the year 9999");
  if (time >= now) return time;
  const [at, current] = [time, now].map((moment) => new Date(moment).toISOString());
  throw new ControlError(400, `Time does not go back: ${at} is before ${current}, which it is now`);
}
