/** How much a subject does: the whole, from which figures are quoted, or just enough to show that it runs. */
export interface Effort {
  /**
   * The number of measured rounds, after a warm-up. @param usual the subject's number if none was requested
   */
  readonly rounds: (usual: number) => number;
  /** The number of calls, files or image sets. @param least the subject's minimum */
  readonly count: (usual: number, least: number) => number;
}

const SMALL_SHARE = 0.01;
const SMALL_ROUNDS = 1;

export function createEffort(isSmall: boolean, rounds: number | undefined): Effort {
  return {
    rounds: (usual) => rounds ?? (isSmall ? SMALL_ROUNDS : usual),
    count: (usual, least) => (isSmall ? Math.max(least, Math.round(usual * SMALL_SHARE)) : usual),
  };
}
