import { LAST_TIME, type Clock } from "./clock.ts";
import { systemClock } from "./system-clock.ts";

interface Appointment {
  readonly at: number;
  readonly task: () => void;
  readonly inBackground: boolean;
  /** Cancels the timer of a running clock. */
  disarm: () => void;
}

/** The longest timer of Node.js, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Time that follows real time until it is frozen, and that can be moved forward in both states. Tasks that
 * fall due on the way run in order, each after the one before it is complete. The clock stops at LAST_TIME:
 * later tasks never run.
 */
export class EmulatorClock implements Clock {
  readonly #real: Clock;
  readonly #appointments = new Set<Appointment>();
  readonly #working = new Set<Promise<unknown>>();
  /** How far it is ahead of real time while it runs. */
  #offsetMs = 0;
  /** Set while it stands still: because it is frozen, or while it is moved. */
  #frozenAt: number | undefined;
  #isFrozen = false;
  #isMoving = false;
  /** Moves happen one after another. */
  #moved: Promise<void> = Promise.resolve();

  /** @param real the clock that it follows while it is not frozen */
  constructor(real: Clock = systemClock) {
    this.#real = real;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** The clock that it follows while it is not frozen. */
  get real(): Clock {
    return this.#real;
  }

  /** When the next foreground task is due; undefined if there is none. Milliseconds since 1970. */
  get nextDue(): number | undefined {
    return this.#next(({ at, inBackground }) => !inBackground && at <= LAST_TIME)?.at;
  }

  now(): number {
    return Math.min(this.#frozenAt ?? this.#real.now() + this.#offsetMs, LAST_TIME);
  }

  schedule(delayMs: number, task: () => void, inBackground = false): () => void {
    const at = this.now() + Math.max(0, delayMs);
    const appointment: Appointment = { at, task, inBackground, disarm: () => {} };
    this.#appointments.add(appointment);
    this.#arm(appointment);
    return () => this.#cancel(appointment);
  }

  during<T>(work: Promise<T>): Promise<T> {
    this.#working.add(work);
    const forget = (): void => void this.#working.delete(work);
    work.then(forget, forget);
    return work;
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#halt();
  }

  /** A clock that is being moved continues from where it is moved to. */
  resume(): void {
    this.#isFrozen = false;
    if (!this.#isMoving) this.#go();
  }

  /** Returns to real time once it is not being moved; no task is cancelled. */
  reset(): Promise<void> {
    const back = this.#moved.then(() => {
      this.resume();
      this.#offsetMs = 0;
      for (const appointment of this.#appointments) this.#arm(appointment);
    });
    this.#moved = back;
    return back;
  }

  /** Resolves once all tasks that fell due are complete. */
  advance(byMs: number): Promise<void> {
    return this.#move(() => this.now() + byMs);
  }

  /** As `advance`; a time in the past means now. */
  advanceTo(at: number): Promise<void> {
    return this.#move(() => at);
  }

  /** Moves to the next task, if one is due until the limit; resolves once it is complete. */
  async advanceToNext(limit: number): Promise<void> {
    await this.advance(Math.max(0, Math.min(this.nextDue ?? limit, limit) - this.now()));
  }

  /** Resolves once no task that fell due is in flight. */
  async settle(): Promise<void> {
    do {
      await Promise.allSettled(this.#working);
      // What waited for the task continues now, and may start something new.
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#working.size > 0);
  }

  #move(end: () => number): Promise<void> {
    const move = this.#moved.then(() => this.#moveTo(end()));
    this.#moved = move.catch(() => {});
    return move;
  }

  async #moveTo(end: number): Promise<void> {
    this.#isMoving = true;
    this.#halt();
    try {
      await this.settle();
      for (
        let next = this.#next();
        next !== undefined && next.at <= Math.min(end, LAST_TIME);
        next = this.#next()
      ) {
        this.#frozenAt = Math.max(this.now(), next.at);
        this.#cancel(next);
        next.task();
        await this.settle();
      }
      this.#frozenAt = Math.max(this.now(), Math.min(end, LAST_TIME));
    } finally {
      this.#isMoving = false;
      if (!this.#isFrozen) this.#go();
    }
  }

  #halt(): void {
    this.#frozenAt ??= this.now();
    for (const { disarm } of this.#appointments) disarm();
  }

  #go(): void {
    if (this.#frozenAt === undefined) return;
    this.#offsetMs = this.#frozenAt - this.#real.now();
    this.#frozenAt = undefined;
    for (const appointment of this.#appointments) this.#arm(appointment);
  }

  #next(counts: (appointment: Appointment) => boolean = () => true): Appointment | undefined {
    let first: Appointment | undefined;
    for (const appointment of this.#appointments) {
      if (!counts(appointment)) continue;
      if (first === undefined || appointment.at < first.at) first = appointment;
    }
    return first;
  }

  #arm(appointment: Appointment): void {
    appointment.disarm();
    if (this.#frozenAt !== undefined || appointment.at > LAST_TIME) return;
    const delayMs = Math.min(Math.max(0, appointment.at - this.now()), MAX_TIMER_MS);
    appointment.disarm = this.#real.schedule(delayMs, () => this.#ring(appointment));
  }

  /** Or waits again, if the time is further off than a timer can reach. */
  #ring(appointment: Appointment): void {
    if (appointment.at > this.now()) return this.#arm(appointment);
    this.#appointments.delete(appointment);
    appointment.task();
  }

  #cancel(appointment: Appointment): void {
    appointment.disarm();
    this.#appointments.delete(appointment);
  }
}
