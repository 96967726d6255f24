import type { HttpResponse } from "../../api/http.ts";
import type { Clock } from "../../domain/time/clock.ts";
import type { Call } from "../../healthimaging/http/intercept.ts";
import type { RuleEvent } from "./rule-event.ts";
import { monotonicMs } from "../../domain/monotonic-ms.ts";

/** One request for an operation, and what it was answered. */
export interface JournalEntry {
  /** Counted from 1 since the process began. */
  readonly seq: number;
  /** On the emulator's clock, milliseconds since 1970. */
  readonly at: number;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string | undefined;
  /** The same for all attempts of one call of an SDK. */
  readonly invocationId: string | undefined;
  readonly attempt: number | undefined;
  /** Its beginning. */
  requestBody: string;
  /** Undefined while it is not answered, and where nothing was sent. */
  status: number | undefined;
  errorType: string | undefined;
  requestId: string | undefined;
  /** Of an error, its beginning. */
  errorBody: string | undefined;
  /** How the connection broke off, where it did. */
  brokeOff: "reset" | "close" | "hang" | undefined;
  isAnswered: boolean;
  /** Of real time. */
  durationMs: number;
  /** `scenario/rule#hit` of everything that a scenario did to it. */
  faults: readonly string[];
}

/** What a scenario did that is no request's: to a file, a manifest or a transition. */
export interface JournalHit {
  readonly at: number;
  /** `scenario/rule#hit` */
  readonly fault: string;
  readonly subject: Partial<RuleEvent>;
}

const CAPACITY = 5_000;
const MAX_HITS = 1_000;
const MAX_BODY_BYTES = 512;

/** The last requests, as many as it can hold. */
export class Journal {
  readonly #clock: Pick<Clock, "now">;
  readonly #capacity: number;
  readonly #ring: (JournalEntry | undefined)[] = [];
  /** By account: what came before this was cleared of it. */
  readonly #cleared = new Map<string, number>();
  #hits: JournalHit[] = [];
  #nextSeq = 1;
  #firstSeq = 1;

  constructor(clock: Pick<Clock, "now">, capacity = CAPACITY) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** The oldest that it still has. */
  get oldestSeq(): number {
    return Math.max(this.#firstSeq, this.#nextSeq - this.#capacity);
  }

  /** How many it has let go since it was cleared. */
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

  /** The last thousand, oldest first. */
  get hits(): readonly JournalHit[] {
    return this.#hits;
  }

  noteHit(hit: JournalHit): void {
    if (this.#hits.length >= MAX_HITS) this.#hits.shift();
    this.#hits.push(hit);
  }

  /** Whether it has all requests since one, of an account where that alone is asked for. */
  isWholeSince(seq: number, account: string | undefined): boolean {
    const isCleared = ([of, before]: [string, number]): boolean =>
      before > seq && (account === undefined || account === of);
    return this.oldestSeq <= seq && ![...this.#cleared].some(isCleared);
  }

  /** Of one account, whose requests are gone as if they had not come. */
  clearAccount(account: string): void {
    this.#cleared.set(account, this.#nextSeq);
    this.#hits = this.#hits.filter(({ subject }) => subject.account !== account);
    for (const { seq } of this.entries().filter((entry) => entry.account === account))
      this.#ring[seq % this.#capacity] = undefined;
  }

  clear(): void {
    this.#cleared.clear();
    this.#hits = [];
    this.#firstSeq = this.#nextSeq;
    this.#ring.length = 0;
  }

  open({ route, request, caller }: Call): JournalEntry {
    const { headers, method, path, query } = request;
    const attempt = headers["amz-sdk-request"];
    const entry: JournalEntry = {
      seq: this.#nextSeq++,
      at: this.#clock.now(),
      operation: route.operation.name,
      method,
      path: path.slice(0, MAX_BODY_BYTES),
      query: withoutSecrets(query).slice(0, MAX_BODY_BYTES),
      account: caller.account,
      region: caller.region,
      accessKeyId: caller.accessKeyId,
      invocationId: headers["amz-sdk-invocation-id"],
      attempt: attempt === undefined ? undefined : Number(/attempt=(\d{1,6})/.exec(attempt)?.[1] ?? 1),
      requestBody: "",
      status: undefined,
      errorType: undefined,
      requestId: undefined,
      errorBody: undefined,
      brokeOff: undefined,
      isAnswered: false,
      durationMs: monotonicMs(),
      faults: [],
    };
    this.#ring[entry.seq % this.#capacity] = entry;
    return entry;
  }

  close(entry: JournalEntry, { status, headers, body, breaksOff }: HttpResponse): void {
    entry.isAnswered = true;
    entry.durationMs = monotonicMs() - entry.durationMs;
    entry.brokeOff = breaksOff?.how;
    if (breaksOff !== undefined && breaksOff.afterBytes === undefined) return;
    entry.status = status;
    entry.requestId = headers["x-amzn-requestid"];
    if (status < 400) return;
    entry.errorType = headers["x-amzn-errortype"];
    entry.errorBody = typeof body === "string" ? body.slice(0, MAX_BODY_BYTES) : undefined;
  }
}

/** A presigned URL carries what it was signed with. */
const withoutSecrets = (query: string): string =>
  query.replaceAll(/(X-Amz-(?:Security-Token|Signature)=)[^&]*/gi, "$1...");

/** Lets a body pass and notes how it begins; a copy, so that what it came in can be let go. */
export async function* noting(
  body: AsyncIterable<Uint8Array>,
  entry: JournalEntry,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    if (entry.requestBody.length < MAX_BODY_BYTES) note(entry, chunk);
    yield chunk;
  }
}

export function note(entry: JournalEntry, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const left = MAX_BODY_BYTES - entry.requestBody.length;
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
  entry.requestBody += buffer.toString("utf8", 0, left);
}
