import type { LocalErrorCode } from "../../api/local-errors.ts";
import type { HttpRequest } from "../../api/http.ts";
import type { Clock } from "../../domain/time/clock.ts";
import { EmulatorClock } from "../../domain/time/emulator-clock.ts";
import {
  resourceName,
  EVERY_STATUS,
  showStatus,
  resourceStatusOf,
  statusChange,
  type Resource,
  type ResourceStatus,
} from "../../domain/resource.ts";
import type { State } from "../../domain/state.ts";
import type { Transitions } from "../../domain/time/transitions.ts";
import type { ClockMoves } from "./handlers/clock-moves.ts";

/** The condition of a wait. */
export interface Wanted {
  readonly resource: Resource;
  readonly statuses: ReadonlySet<string>;
  /** Milliseconds of real time. */
  readonly timeoutMs: number;
  readonly autoAdvance: boolean;
}

interface LongPollDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly transitions: Transitions;
  readonly moves: ClockMoves;
}

/** The outcome of a wait. */
interface Outcome {
  /** The HTTP status. */
  readonly code: 200 | 404 | 408 | 409 | 503;
  /** The status at that moment. */
  readonly current: ResourceStatus | undefined;
  readonly message?: string;
}

/** The maximum number of moves in one wait: endless transitions would move the clock endlessly. */
const MAX_STEPS = 10_000;

const ERRORS = {
  404: "ResourceNotFound",
  408: "WaitTimedOut",
  409: "StatusUnreachable",
  503: "WaitInterrupted",
} as const satisfies Readonly<Record<Exclude<Outcome["code"], 200>, LocalErrorCode>>;

/** Serves `/_local/wait`: a long poll that is answered as soon as a resource has one of the statuses. */
export class LongPoll {
  readonly #parts: LongPollDependencies;
  readonly #waiting = new Set<(outcome: Outcome) => void>();

  constructor(parts: LongPollDependencies) {
    this.#parts = parts;
  }

  /** The number of waits. */
  get size(): number {
    return this.#waiting.size;
  }

  /** @param whenGone of the waiting request */
  async wait(wanted: Wanted, whenGone: HttpRequest["whenGone"]) {
    const { clock, moves } = this.#parts;
    const real = wanted.autoAdvance ? moves.clock.real : clock instanceof EmulatorClock ? clock.real : clock;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#waiting.add(resolve);
    const stop = this.#follow(wanted, resolve);
    const cancelTimer = real.schedule(wanted.timeoutMs, () =>
      resolve(this.#unmet(wanted, "The timeout has passed")),
    );
    // The client no longer reads the answer.
    whenGone?.(() => resolve(this.#unmet(wanted, "The client has disconnected")));
    if (wanted.autoAdvance)
      void this.#advance(wanted, promise).then((outcome) => outcome && resolve(outcome));
    try {
      return this.#show(wanted.resource, await promise);
    } finally {
      this.#waiting.delete(resolve);
      cancelTimer();
      stop();
    }
  }

  /** Ends every wait. */
  stop(): void {
    const message = "The emulator was stopped or reset";
    for (const resolve of this.#waiting) resolve({ code: 503, current: undefined, message });
  }

  /** Checks now, and at each change, so that a short-lived status is seen too. */
  #follow(wanted: Wanted, resolve: (outcome: Outcome) => void): () => void {
    const { state } = this.#parts;
    const { resource } = wanted;
    const look = (): void => {
      const outcome = judge(wanted, resourceStatusOf(state, resource));
      if (outcome !== undefined) resolve(outcome);
    };
    look();
    return state.watch((changes) => {
      const changed = changes.map(statusChange);
      if (changed.some((change) => change?.kind === resource.kind && change.id === resource.id)) look();
    });
  }

  /** Moves a frozen clock until the wait is over. @returns why the wait can never succeed, if so */
  async #advance(wanted: Wanted, over: Promise<Outcome>): Promise<Outcome | undefined> {
    const { moves } = this.#parts;
    let isOver = false;
    void over.then(() => (isOver = true));
    for (let step = 0; step < MAX_STEPS; step++) {
      // A wait that is already fulfilled does not move the clock.
      await Promise.resolve();
      if (isOver || !moves.clock.isFrozen) return undefined;
      if (await moves.toNext()) continue;
      await Promise.resolve();
      if (isOver || !moves.clock.isFrozen) return undefined;
      return this.#unmet(wanted, "Nothing is due on the frozen clock");
    }
    return this.#unmet(wanted, `The clock was advanced ${MAX_STEPS} times`);
  }

  #unmet({ resource, statuses }: Wanted, reason: string): Outcome {
    const { state, transitions } = this.#parts;
    const current = resourceStatusOf(state, resource);
    const held = transitions.isHeld(resource) ? " and is held" : "";
    const status = current === undefined ? "gone" : showStatus(resource.kind, current.status);
    const message = `${reason}: ${resourceName(resource)} is ${status}${held}, not ${list(resource, statuses)}`;
    return { code: 408, current, message };
  }

  #show(resource: Resource, { code, current, message }: Outcome) {
    const body = {
      resource: resourceName(resource),
      status: current === undefined ? null : showStatus(resource.kind, current.status),
      now: new Date(this.#parts.clock.now()).toISOString(),
      message: message ?? current?.message ?? null,
    };
    return code === 200 ? { status: code, body } : { status: code, body, error: ERRORS[code] };
  }
}

/** Undefined while the wait continues. */
function judge({ resource, statuses }: Wanted, current: ResourceStatus | undefined): Outcome | undefined {
  const name = resourceName(resource);
  if (current === undefined) return { code: 404, current, message: `${name} does not exist` };
  if (statuses.has(current.status)) return { code: 200, current };
  if (comesTo(EVERY_STATUS.next[resource.kind], current.status, statuses)) return undefined;
  const reason = current.message === null ? "" : `: ${current.message}`;
  const status = showStatus(resource.kind, current.status);
  const message = `${name} is ${status} and can no longer become ${list(resource, statuses)}${reason}`;
  return { code: 409, current, message };
}

const list = ({ kind }: Resource, statuses: ReadonlySet<string>): string =>
  [...statuses].map((status) => showStatus(kind, status)).join(" or ");

/** Whether the table leads from a status to one of the others. */
function comesTo(
  table: Readonly<Record<string, readonly string[]>>,
  from: string,
  wanted: ReadonlySet<string>,
): boolean {
  const reached = new Set(table[from]);
  for (const status of reached) for (const next of table[status] ?? []) reached.add(next);
  return [...reached].some((status) => wanted.has(status));
}
