import { toMessage } from "../../api/message.ts";
import type { Activity, Cause } from "../activity.ts";
import type { Clock } from "./clock.ts";
import type { Durations } from "./durations.ts";
import type { Log } from "../log.ts";
import { resourceName, type Resource } from "../resource.ts";

/** A resource that is about to leave a transient state. */
export interface Transition extends Resource {
  readonly datastoreId: string;
  readonly from: string;
  /** The next status, unless a rule makes it fail. */
  readonly to: string;
}

/**
 * A rule's decision about a transition. After a wait the rule is not asked about it again; a hold ends at a
 * call of `reevaluate` if the rule no longer holds it. What cannot fail (a deletion) continues.
 */
export type Decision =
  | "go"
  | "hold"
  | { readonly waitMs: number }
  /**
   * Goes to the resource's `..._FAILED` status, with this message if there is one; `fault` names the cause,
   * `scenario/rule#hit`.
   */
  | { readonly failure: string; readonly fault?: string };

/**
 * Decides at the moment of a transition. It is synchronous and does not depend on time, which is the clock's.
 * The same `pendingTransition` means the same transition.
 */
export type TransitionRule = (transition: Transition, pendingTransition: PendingTransition) => Decision;

/** For one resource, or for both image sets of a copy, which leave together. */
export interface PendingTransition {
  readonly resources: readonly Omit<Transition, "to">[];
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** The minimum time; read when it begins, so that a change affects later transitions. */
  readonly lasts: keyof Durations;
  /** Work that must be complete too. It does not reject. */
  readonly work?: Promise<unknown>;
  /** Called once the work is complete. */
  readonly to: () => string;
  /** Sets the next status. @param failure the message, if a rule makes it fail */
  readonly leave: (failure?: string) => void;
}

interface Pending {
  readonly pendingTransition: PendingTransition;
  readonly waited: Set<TransitionRule>;
  readonly over: PromiseWithResolvers<void>;
  cancelTimer: () => void;
  isTimeOver: boolean;
  isWorkOver: boolean;
  isHastened: boolean;
  isHeld: boolean;
}

interface TransitionsDependencies {
  readonly clock: Clock;
  readonly durations: Durations;
  readonly log: Log;
  /** Left out, causes of changes are not recorded. */
  readonly activity?: Pick<Activity, "because">;
}

const DUE: Cause = { kind: "time" };

/** All transitions out of transient states go through here. */
export class Transitions {
  readonly #parts: TransitionsDependencies;
  readonly #pending = new Map<string, Pending>();
  readonly #rules = new Set<TransitionRule>();
  #isStopped = false;

  constructor(parts: TransitionsDependencies) {
    this.#parts = parts;
  }

  /** Rules are asked in the order in which they were added. @returns removes the rule */
  addRule(rule: TransitionRule): () => void {
    this.#rules.add(rule);
    return () => {
      this.#rules.delete(rule);
      this.reevaluate();
    };
  }

  begin(pendingTransition: PendingTransition): void {
    if (this.#isStopped) return;
    for (const resource of pendingTransition.resources) this.cancelPending(resource);
    const { clock, durations } = this.#parts;
    const pending: Pending = {
      pendingTransition,
      waited: new Set(),
      over: Promise.withResolvers(),
      cancelTimer: () => {},
      isTimeOver: false,
      isWorkOver: pendingTransition.work === undefined,
      isHastened: false,
      isHeld: false,
    };
    for (const resource of pendingTransition.resources) this.#pending.set(resourceName(resource), pending);
    this.#wait(
      pending,
      Math.max(0, pendingTransition.since + durations[pendingTransition.lasts] - clock.now()),
    );
    void pendingTransition.work?.then(() => {
      pending.isWorkOver = true;
      this.#decide(pending);
    });
  }

  has(resource: Resource): boolean {
    return this.#pending.has(resourceName(resource));
  }

  isHeld(resource: Resource): boolean {
    return this.#pending.get(resourceName(resource))?.isHeld ?? false;
  }

  /** Makes the resource leave as soon as its work is complete, whatever its time and the rules. */
  async expedite(resource: Resource): Promise<void> {
    const pending = this.#pending.get(resourceName(resource));
    if (pending === undefined) return;
    pending.isHastened = true;
    this.#decide(pending);
    await pending.over.promise;
  }

  /** Cancels the transition: the resource no longer leaves by itself. */
  cancelPending(resource: Resource): void {
    const pending = this.#pending.get(resourceName(resource));
    if (pending !== undefined) this.#remove(pending);
  }

  /** Asks the rules again about everything that they hold. */
  reevaluate(): void {
    for (const pending of new Set(this.#pending.values())) if (pending.isHeld) this.#decide(pending);
  }

  /** Stops all transitions until the next start. */
  stop(): void {
    this.#isStopped = true;
    for (const pending of this.#pending.values()) this.#remove(pending);
  }

  #wait(pending: Pending, delayMs: number): void {
    pending.isTimeOver = false;
    pending.cancelTimer = this.#parts.clock.schedule(delayMs, () => {
      pending.isTimeOver = true;
      this.#decide(pending);
    });
  }

  #decide(pending: Pending): void {
    const { pendingTransition, isWorkOver, isTimeOver, isHastened } = pending;
    if (!isWorkOver || !(isTimeOver || isHastened)) return;
    // It may have been cancelled meanwhile, by what began in its place.
    if (
      !pendingTransition.resources.some((resource) => this.#pending.get(resourceName(resource)) === pending)
    )
      return;
    try {
      const decision = isHastened ? "go" : this.#ask(pending);
      pending.isHeld = decision === "hold";
      if (decision === "hold") return;
      if (typeof decision === "object" && "waitMs" in decision) return this.#wait(pending, decision.waitMs);
      this.#remove(pending);
      const leave = (): void =>
        pendingTransition.leave(decision === "go" ? undefined : toMessage(decision.failure));
      // A request makes it leave now: the cause is that request.
      if (isHastened || this.#parts.activity === undefined) leave();
      else this.#parts.activity.because(causeOf(decision), leave);
    } catch (error) {
      // There is no caller who could be informed.
      this.#parts.log.error(
        `${pendingTransition.resources.map(resourceName).join(" and ")} cannot continue`,
        error,
      );
    }
  }

  #ask({ pendingTransition, waited }: Pending): Decision {
    const to = pendingTransition.to();
    for (const rule of this.#rules) {
      if (waited.has(rule)) continue;
      for (const resource of pendingTransition.resources) {
        const decision = rule({ ...resource, to }, pendingTransition);
        if (decision === "go") continue;
        if (typeof decision === "object" && "waitMs" in decision) waited.add(rule);
        return decision;
      }
    }
    return "go";
  }

  #remove(pending: Pending): void {
    pending.cancelTimer();
    for (const resource of pending.pendingTransition.resources) {
      if (this.#pending.get(resourceName(resource)) === pending) this.#pending.delete(resourceName(resource));
    }
    pending.over.resolve();
  }
}

const causeOf = (decision: Decision): Cause =>
  typeof decision === "object" && "failure" in decision && decision.fault !== undefined
    ? { kind: "fault", fault: decision.fault }
    : DUE;
