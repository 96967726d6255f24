import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { EVERY } from "../domain/holds.ts";
import type { Resource } from "../domain/resource.ts";
import type { Transitions } from "../domain/transitions.ts";
import { answerClock } from "./clock.ts";
import { ClockMoves } from "./clock-moves.ts";
import { ControlError } from "./control-error.ts";
import { answerDurations, type ChangeableDurations } from "./durations.ts";
import { answerHold, answerHolds, type HoldParts } from "./held.ts";
import { readKind } from "./read-request.ts";
import { answerStatus, type PushParts } from "./resources.ts";
import { Waits } from "./waits.ts";

interface Parts extends PushParts, HoldParts {
  readonly transitions: Transitions;
  readonly durations: ChangeableDurations;
}

/** What of `/_local` is about time and about the states that pass with it. */
export interface TimeControl {
  /** Undefined for a request that is for others. @throws ControlError */
  readonly handle: (request: HttpRequest) => Promise<HttpResponse | undefined>;
  /** Ends what waits. */
  readonly stop: () => void;
}

export const TIME_ROUTES = [
  "GET /_local/clock",
  "POST /_local/clock",
  "GET /_local/wait?resource={kind}/{id}&status={status}",
  "GET /_local/durations",
  "POST /_local/durations",
  "GET /_local/holds",
  "GET /_local/resources/{kind}/{id}/status",
  "PUT /_local/resources/{kind}/{id}/status",
  "GET /_local/resources/{kind}/{id or *}/hold",
  "PUT /_local/resources/{kind}/{id or *}/hold",
  "DELETE /_local/resources/{kind}/{id or *}/hold",
];

export function createTimeControl(parts: Parts): TimeControl {
  const moves = new ClockMoves(parts);
  const waits = new Waits({ ...parts, moves });
  const route = (request: HttpRequest): Promise<HttpResponse> | HttpResponse | undefined => {
    const method = request.method === "HEAD" ? "GET" : request.method;
    switch (`${method} ${request.path}`) {
      case "GET /_local/clock":
      case "POST /_local/clock":
        return answerClock(moves, request);
      case "GET /_local/wait":
        return waits.answer(request);
      case "GET /_local/durations":
      case "POST /_local/durations":
        return answerDurations(parts.durations, request);
      case "GET /_local/holds":
        return answerHolds(parts);
      default:
        return routeResource(parts, method, request);
    }
  };
  return { handle: async (request) => route(request), stop: () => waits.stop() };
}

const RESOURCE = /^\/_local\/resources\/([^/]+)\/([^/]+)\/(status|hold)$/;

function routeResource(
  parts: Parts,
  method: string,
  request: HttpRequest,
): Promise<HttpResponse> | undefined {
  const [, kind = "", idInPath = "", part] = RESOURCE.exec(request.path) ?? [];
  if (part === undefined || !["GET", "PUT", "DELETE"].includes(method)) return undefined;
  const id = idInPath.toUpperCase() === "%2A" ? EVERY : idInPath;
  const resource: Resource = { kind: readKind(kind), id };
  if (part === "hold") return answerHold(parts, resource, request);
  if (method === "DELETE") return undefined;
  if (id === EVERY) throw new ControlError(400, "A status is of one resource, not of every one of a kind");
  return answerStatus(parts, resource, request);
}
