import { useState } from "preact/hooks";

export interface UserAction {
  /** Runs one thing at a time; what it returns is shown as its result. */
  readonly run: (work: () => Promise<string | undefined>) => void;
  readonly isRunning: boolean;
  readonly result: string | undefined;
  readonly problem: unknown;
}

/** Runs what a user asks for, and keeps how it ended. */
export function useAction(): UserAction {
  const [isRunning, setRunning] = useState(false);
  const [result, setResult] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const run = (work: () => Promise<string | undefined>): void => {
    setRunning(true);
    setResult(undefined);
    setProblem(undefined);
    void work()
      .then(setResult, (error: unknown) => setProblem(error ?? new Error("unknown")))
      .finally(() => setRunning(false));
  };
  return { run, isRunning, result, problem };
}
