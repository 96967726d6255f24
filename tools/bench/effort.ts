/** How much a subject does: the whole, from which figures are quoted, or just enough to show that it runs. */
export interface Effort {
  /** Of measuring, after one that warms. @param usual what the subject takes where nothing was asked for */
  readonly rounds: (usual: number) => number;
  /** Of calls, files, image sets. @param least what it cannot do without */
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
