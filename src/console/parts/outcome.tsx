import type { UserAction } from "../calls/use-action.ts";
import { ProblemNote } from "./problem.tsx";

/** How an action ended, for the eyes and for screen readers. */
export function Outcome({ of: { result, problem } }: { readonly of: UserAction }) {
  return (
    <>
      <p class="result" role="status">
        {result}
      </p>
      <ProblemNote of={problem} />
    </>
  );
}
