import type { Caller } from "../domain/caller.ts";
import type { Denials, Labels } from "../domain/denials.ts";
import type { Throttles } from "../domain/throttles.ts";

/**
 * Lets a call in or throws why not, by the name of its operation: whatever dispatches an operation
 * asks before it reads the call's body.
 * @throws ServiceError AccessDeniedException, ThrottlingException
 */
export type Admit = (operation: string, labels: Labels, caller: Caller) => void;

/** Assumed: the order. A call that is denied uses up nothing. */
export const createAdmit =
  ({ denials, throttles }: { denials: Denials; throttles: Throttles }): Admit =>
  (operation, labels, caller) => {
    denials.check(operation, labels, caller);
    throttles.take(operation, caller);
  };
