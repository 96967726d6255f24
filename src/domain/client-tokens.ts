import { createHash } from "node:crypto";
import { ServiceError } from "../api/errors.ts";
import type { Caller } from "./caller.ts";
import type { ClientToken } from "./client-token.ts";
import type { Clock } from "./time/clock.ts";
import type { State } from "./state.ts";

/** Assumed: client-token-lifetime. AWS documents tokens, but not their lifetime. */
export const LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Makes operations idempotent: a repeated token with the same input receives the first answer. */
export class ClientTokens {
  readonly #state: State;
  readonly #clock: Clock;

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state;
    this.#clock = clock;
  }

  /**
   * Performs the operation, or returns the answer of this caller's earlier call with the same token.
   * @param perform is synchronous, so two requests with one token cannot both perform
   * Assumed: client-token-conflict. A token with a different input is a ConflictException.
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
    // One change: a resource without its token would be created again after a crash.
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

/** The order of members makes no difference. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, member]) => [name, sorted(member)]);
}
