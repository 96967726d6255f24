import { createHash } from "node:crypto";
import { ServiceError } from "../api/errors.ts";
import type { Caller } from "./caller.ts";
import type { ClientToken } from "./client-token.ts";
import type { Clock } from "./time/clock.ts";
import type { State } from "./state.ts";

/** Assumed: client-token-lifetime. AWS documents tokens, not how long they live. */
export const LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Makes operations idempotent: the same token with the same input is answered as the first time. */
export class ClientTokens {
  readonly #state: State;
  readonly #clock: Clock;

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state;
    this.#clock = clock;
  }

  /**
   * Performs, or answers what was answered when this caller sent this token last.
   * @param perform is synchronous, so two requests with one token cannot both perform
   * Assumed: client-token-conflict. A token that came with another input is a ConflictException.
   * @throws ServiceError ConflictException
   */
  once<Answer extends ClientToken["answer"]>(
    caller: Caller,
    operation: string,
    input: { readonly clientToken?: string | undefined },
    perform: () => Answer,
  ): Answer {
    const { clientToken, ...rest } = input;
    const tokenId = digest([caller.account, caller.region, operation, clientToken]);
    const fingerprint = digest(sorted(rest));
    const known = this.#state.clientTokens.get(tokenId);
    if (known !== undefined && this.#clock.now() - known.createdAt < LIFETIME_MS) {
      if (known.fingerprint === fingerprint) return known.answer as Answer;
      throw new ServiceError("ConflictException", "The clientToken was used before with other parameters");
    }
    // One change: a resource without its token would be made a second time after a crash.
    return this.#state.update(({ clientTokens }) => {
      const answer = perform();
      const { datastoreId } = answer;
      clientTokens.put({ tokenId, datastoreId, fingerprint, answer, createdAt: this.#clock.now() });
      return answer;
    });
  }
}

const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);

/** Two inputs are the same in whatever order their members came. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, member]) => [name, sorted(member)]);
}
