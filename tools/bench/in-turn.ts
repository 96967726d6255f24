import type { Figure } from "./figures.ts";

/** One of those that are compared, ready to be measured again and again. */
export interface Contestant {
  readonly measure: () => Promise<readonly Figure[]>;
  readonly close: () => Promise<void>;
}

/**
 * Measures each in turn, and who comes first changes with each round. The first round warms and is not kept.
 * @returns for each contestant what each round measured; all are closed
 */
export async function measureInTurn(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<(readonly Figure[])[][]> {
  const kept: (readonly Figure[])[][] = contestants.map(() => []);
  try {
    for (let round = 0; round <= rounds; round++) {
      const entries = [...contestants.entries()];
      for (const [index, contestant] of round % 2 === 0 ? entries : entries.toReversed()) {
        const figures = await contestant.measure();
        if (round > 0) kept[index]?.push(figures);
      }
    }
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
  return kept;
}
