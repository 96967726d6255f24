import type { HttpRequest, HttpResponse } from "../api/http.ts";
import type { Durations } from "../domain/durations.ts";
import { answer } from "./answer.ts";
import { ControlError } from "./control-error.ts";
import { readDurationOf, readJsonObject, refuseUnknown } from "./read-request.ts";

const EXAMPLE = '{"datastoreCreatingMs": 2000, "jobInProgressMs": "PT2M"}';
const MAX_MS = 366_000 * 86_400_000;

/** The durations that everything reads when something begins; this alone changes them. */
export type ChangeableDurations = { -readonly [Name in keyof Durations]: Durations[Name] };

/**
 * Serves `/_local/durations`: how long a resource stays in each state that passes by itself. POST
 * changes some, for what begins from then on: what is under way ends when it was to.
 */
export async function answerDurations(
  durations: ChangeableDurations,
  request: HttpRequest,
): Promise<HttpResponse> {
  if (request.method === "POST") {
    const wanted = await readJsonObject(request, EXAMPLE);
    refuseUnknown("duration", Object.keys(wanted), Object.keys(durations));
    const changes = Object.entries(wanted).map(([name, value]) => [name, readMs(name, value)]);
    Object.assign(durations, Object.fromEntries(changes));
  }
  return answer(200, durations);
}

function readMs(name: string, value: unknown): number {
  if (typeof value === "string") return readDurationOf(name, value);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_MS) return value;
  throw new ControlError(400, `${name} is a whole number of milliseconds or a duration, such as ${EXAMPLE}`);
}
