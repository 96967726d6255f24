import type { Clock } from "./clock.ts";
import { SortedList } from "../search/sorted-list.ts";
import type { Documents, Follower } from "../state.ts";

interface ExpiryDependencies<T> {
  readonly clock: Clock;
  readonly documents: Documents<T>;
  readonly idOf: (document: T) => string;
  /** When it expires, in milliseconds since 1970; undefined if it does not. */
  readonly endOf: (document: T) => number | undefined;
  /** Synchronous. */
  readonly drop: (ids: readonly string[]) => void;
}

interface End {
  readonly at: number;
  readonly id: string;
}

/** Drops documents when they expire. Documents that have not expired cost nothing, however many there are. */
export class Expiry<T> implements Follower<T> {
  readonly #parts: ExpiryDependencies<T>;
  readonly #ends = new SortedList<End>((a, b) => a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id)));
  #armedFor = Infinity;
  #disarm = (): void => {};
  #isStopped = false;

  constructor(parts: ExpiryDependencies<T>) {
    this.#parts = parts;
    for (const document of parts.documents.values()) this.put(document);
    parts.documents.follow(this);
  }

  /** Drops what has expired by now. */
  sweep(): void {
    const { clock, documents, drop, endOf } = this.#parts;
    const now = clock.now();
    const over = [...this.#until(now)];
    for (const end of over) this.#ends.delete(end);
    // A document may have been replaced since, with another expiry.
    const ids = over.flatMap(({ id }) => {
      const document = documents.get(id);
      return document !== undefined && (endOf(document) ?? Infinity) <= now ? [id] : [];
    });
    if (ids.length > 0) drop(ids);
    this.#armedFor = Infinity;
    this.#arm();
  }

  put(document: T): void {
    const end = this.#endOf(document);
    if (end === undefined) return;
    this.#ends.delete(end);
    this.#ends.add(end);
    if (end.at < this.#armedFor) this.#arm();
  }

  drop(document: T): void {
    const end = this.#endOf(document);
    if (end !== undefined) this.#ends.delete(end);
  }

  stop(): void {
    this.#isStopped = true;
    this.#disarm();
  }

  #endOf(document: T): End | undefined {
    const at = this.#parts.endOf(document);
    return at === undefined ? undefined : { at, id: this.#parts.idOf(document) };
  }

  *#until(now: number): Iterable<End> {
    for (const end of this.#ends.ascending(() => false)) {
      if (end.at > now) return;
      yield end;
    }
  }

  #arm(): void {
    if (this.#isStopped) return;
    this.#disarm();
    const [first] = this.#ends.ascending(() => false);
    if (first === undefined) return;
    const { clock } = this.#parts;
    this.#armedFor = first.at;
    this.#disarm = clock.schedule(Math.max(0, first.at - clock.now()), () => this.sweep(), true);
  }
}
