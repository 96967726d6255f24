import type { ResetOptions, ResetReport } from "../../../domain/resettable.ts";
import { ok, type Handlers } from "../handler.ts";
import { readReset } from "../read-values.ts";

export const resetHandlers = (
  perform: (options: ResetOptions) => Promise<ResetReport>,
): Handlers<"reset"> => ({
  reset: async ({ body }) => ok(await perform(readReset(body))),
});
