import {
  isNamedCall,
  type Activity,
  type ActivityReader,
  type CallRecord,
  type FaultRecord,
  type NamedCall,
  type OperationCall,
} from "../../domain/activity.ts";
import type { Resettable } from "../../domain/resettable.ts";

/** One request for an operation, of HealthImaging or of another service. */
export interface JournalEntry {
  /** Counted from 1 since the process started. */
  readonly seq: number;
  readonly call: NamedCall;
}

const CAPACITY = 5_000;
const MAX_HITS = 1_000;

/** The latest requests for operations, up to a limit, and the other effects of scenarios. */
export class Journal implements ActivityReader, Resettable {
  readonly #capacity: number;
  readonly #ring: (JournalEntry | undefined)[] = [];
  /** By account: its requests before this number were cleared. */
  readonly #cleared = new Map<string, number>();
  #hits: FaultRecord[] = [];
  #nextSeq = 1;
  #firstSeq = 1;

  constructor(activity: Pick<Activity, "read">, capacity = CAPACITY) {
    this.#capacity = capacity;
    activity.read(this);
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** The oldest request that it still has. */
  get oldestSeq(): number {
    return Math.max(this.#firstSeq, this.#nextSeq - this.#capacity);
  }

  /** How many requests it has dropped since it was cleared. */
  get dropped(): number {
    return this.oldestSeq - this.#firstSeq;
  }

  /** Oldest first. */
  entries(fromSeq = 0): JournalEntry[] {
    const first = Math.max(this.oldestSeq, fromSeq);
    return Array.from(
      { length: Math.max(0, this.#nextSeq - first) },
      (_, index) => this.#ring[(first + index) % this.#capacity],
    ).filter((entry) => entry !== undefined);
  }

  /** Effects of scenarios apart from requests: the last thousand, oldest first. */
  get hits(): readonly FaultRecord[] {
    return this.#hits;
  }

  callBegan(call: OperationCall): void {
    this.#add(call);
  }

  /** Calls of other services are answered as soon as they have begun. */
  callAnswered(call: CallRecord): void {
    if (call.service === "other" && isNamedCall(call)) this.#add(call);
  }

  #add(call: NamedCall): void {
    const seq = this.#nextSeq++;
    this.#ring[seq % this.#capacity] = { seq, call };
  }

  faultInjected(fault: FaultRecord): void {
    if (fault.subject.kind === "call") return;
    if (this.#hits.length >= MAX_HITS) this.#hits.shift();
    this.#hits.push(fault);
  }

  /** Whether it has all requests since a number; only those of one account, if given. */
  isWholeSince(seq: number, account: string | undefined): boolean {
    const isCleared = ([of, before]: [string, number]): boolean =>
      before > seq && (account === undefined || account === of);
    return this.oldestSeq <= seq && ![...this.#cleared].some(isCleared);
  }

  /** Clears one account's requests, as if they had never arrived. */
  resetAccount(account: string): void {
    this.#cleared.set(account, this.#nextSeq);
    this.#hits = this.#hits.filter(({ subject }) => subject.account !== account);
    for (const { seq } of this.entries().filter(({ call }) => call.principal.account === account))
      this.#ring[seq % this.#capacity] = undefined;
  }

  reset(): void {
    this.#cleared.clear();
    this.#hits = [];
    this.#firstSeq = this.#nextSeq;
    this.#ring.length = 0;
  }
}
