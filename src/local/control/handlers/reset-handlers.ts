import { LimitError } from "../../../domain/limits/limit-input.ts";
import type { ResetOptions, ResetReport } from "../../../domain/resettable.ts";
import { ok, type Handlers } from "../handler.ts";

export const resetHandlers = (
  perform: (options: ResetOptions) => Promise<ResetReport>,
): Handlers<"reset"> => ({
  reset: async ({ body: { account, buckets = false } }) => {
    if (account !== undefined && buckets)
      throw new LimitError("buckets are common to all accounts: they are not reset with one of them");
    return ok(await perform(account === undefined ? { buckets } : { account }));
  },
});
