import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useConnection } from "../app/connection.ts";
import { everyWhileVisible } from "../app/schedule.ts";

export interface Answered<T> {
  /** The last answer; undefined before the first one. */
  readonly answer: T | undefined;
  /** Why the last request failed. */
  readonly problem: unknown;
  readonly reload: () => void;
}

/**
 * The answer of a request, asked again when `inputs` change, when the emulator is back, and, if `everyMs` is given, at
 * that interval while the page is visible.
 */
export function useAnswer<T>(
  load: () => Promise<T>,
  inputs: readonly unknown[],
  everyMs?: number,
): Answered<T> {
  const [state, setState] = useState<Pick<Answered<T>, "answer" | "problem">>({
    answer: undefined,
    problem: undefined,
  });
  const { isGone, returns } = useConnection();
  const turn = useRef(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => {
    const mine = ++turn.current;
    void latest.current().then(
      (answer) => mine === turn.current && setState({ answer, problem: undefined }),
      (problem: unknown) => mine === turn.current && setState(({ answer }) => ({ answer, problem })),
    );
  }, []);
  useEffect(() => {
    reload();
    return () => void turn.current++;
  }, [...inputs, returns, reload]);
  useEffect(
    () => (everyMs === undefined || isGone ? undefined : everyWhileVisible(everyMs, reload)),
    [everyMs, isGone, reload],
  );
  return { ...state, reload };
}
