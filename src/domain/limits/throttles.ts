import type { Scope } from "../../api/arns.ts";
import { ServiceError } from "../../api/errors.ts";
import { THROTTLES, type Throttle } from "../../api/limits/published-limits.ts";
import type { Clock } from "../time/clock.ts";
import { readThrottling, type Throttling } from "./throttling.ts";
import { TokenBucket } from "./token-bucket.ts";

interface ThrottlesDependencies {
  readonly clock: Clock;
  readonly throttling: Throttling;
  /** Of the service's release. */
  readonly published?: ReadonlyMap<string, Throttle>;
}

interface Filled extends Scope {
  readonly action: string;
  readonly bucket: TokenBucket;
}

/** One action's limit, and the remaining calls if it has been used. */
export interface ThrottleUse extends Throttle {
  readonly tokens: readonly (Scope & { readonly left: number })[];
}

/** At this number of buckets the full ones are dropped: they equal absent ones. */
const SWEEP_AT = 1000;

/** How often each account may call each action in each region: one token bucket for each. */
export class Throttles {
  readonly #clock: Clock;
  readonly #published: ReadonlyMap<string, Throttle>;
  readonly #atStart: Throttling;
  #throttling: Throttling;
  #limits: ReadonlyMap<string, Throttle>;
  readonly #buckets = new Map<string, Filled>();
  #sweepAt = SWEEP_AT;

  constructor({ clock, throttling, published = THROTTLES }: ThrottlesDependencies) {
    this.#clock = clock;
    this.#published = published;
    this.#atStart = throttling;
    this.#throttling = throttling;
    this.#limits = readThrottling(throttling, published);
  }

  get throttling(): Throttling {
    return this.#throttling;
  }

  /**
   * Counts a call. Assumed: failed-calls-count. A call that fails later still uses up a token.
   * @throws ServiceError ThrottlingException if there are too many
   */
  take(action: string, scope: Scope): void {
    const limit = this.#limits.get(action);
    if (limit === undefined || this.passes(action, scope)) return;
    const now = this.#clock.now();
    throw throttled(action, limit, this.#bucket(action, scope, limit, now).waitMs(now));
  }

  /** Counts a call and returns whether it is allowed. */
  passes(action: string, scope: Scope): boolean {
    const limit = this.#limits.get(action);
    if (limit === undefined) return true;
    const now = this.#clock.now();
    return this.#bucket(action, scope, limit, now).take(now);
  }

  /** @throws LimitError for a setting that `set` would refuse */
  check(throttling: unknown): void {
    readThrottling(throttling, this.#published);
  }

  /**
   * All accounts start again with full buckets.
   * @throws LimitError
   */
  set(throttling: unknown): void {
    this.#limits = readThrottling(throttling, this.#published);
    // It was parsed as one above.
    this.#throttling = throttling as Throttling;
    this.#buckets.clear();
  }

  /** Restores the limits of the start, with full buckets. */
  reset(): void {
    this.set(this.#atStart);
  }

  /** Fills the buckets of one account. */
  resetAccount(account: string): void {
    for (const [key, filled] of this.#buckets) if (filled.account === account) this.#buckets.delete(key);
  }

  /** By action; empty if nothing is limited. */
  list(): Record<string, ThrottleUse> {
    this.#sweep();
    const now = this.#clock.now();
    const used = [...this.#buckets.values()];
    const entries = [...this.#limits].map(([action, limit]) => {
      const tokens = used
        .filter((filled) => filled.action === action)
        .map(({ account, region, bucket }) => ({ account, region, left: bucket.left(now) }));
      return [action, { ...limit, tokens }] as const;
    });
    return Object.fromEntries(entries);
  }

  #bucket(action: string, { account, region }: Scope, limit: Throttle, now: number): TokenBucket {
    const key = `${action} ${account} ${region}`;
    const known = this.#buckets.get(key);
    if (known !== undefined) return known.bucket;
    if (this.#buckets.size >= this.#sweepAt) this.#sweep();
    const bucket = new TokenBucket(limit, now);
    this.#buckets.set(key, { action, account, region, bucket });
    return bucket;
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [key, { bucket }] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
    this.#sweepAt = Math.max(SWEEP_AT, this.#buckets.size * 2);
  }
}

/**
 * Assumed: throttling-text. The model's description of the error, without `Retry-After`
 * (facts: errors#descriptions).
 */
function throttled(action: string, { rate, burst }: Throttle, waitMs: number): ServiceError {
  const hint =
    `${action} is limited to ${rate} per second with bursts of ${burst}; the next call passes in ${waitMs} ms; ` +
    `to remove the limit, start with --throttling off, or POST /_local/limits {"throttling":"off"}`;
  return new ServiceError("ThrottlingException", "The request was denied due to throttling.", { hint });
}
