import type { Figure } from "./figures.ts";

/** One of those that are compared, ready to be measured again and again. */
export interface Contestant {
  readonly measure: () => Promise<readonly Figure[]>;
  readonly close: () => Promise<void>;
}

export type Open = () => Promise<Contestant>;

export interface TurnOptions {
  readonly rounds: number;
  /**
   * Each round opens and warms new contestants: two processes of the same program differ by some percent
   * during their lives, which rounds with the same two processes would attribute to the programs.
   */
  readonly isFresh?: boolean;
}

type Measured = (readonly Figure[])[][];

/**
 * Measures each in turn, and who comes first changes with each round. What is measured first is not kept: it warms.
 * @returns for each contestant what each round measured; all are closed
 */
export const measureInTurn = (openers: readonly Open[], options: TurnOptions): Promise<Measured> =>
  options.isFresh ? measureFresh(openers, options.rounds) : measureLasting(openers, options.rounds);

async function measureFresh(openers: readonly Open[], rounds: number): Promise<Measured> {
  const kept: Measured = openers.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, open] of inOrder(openers, round)) {
      const contestant = await open();
      await contestant.measure();
      kept[index]?.push(await contestant.measure());
      await contestant.close();
    }
  }
  return kept;
}

async function measureLasting(openers: readonly Open[], rounds: number): Promise<Measured> {
  const kept: Measured = openers.map(() => []);
  const contestants: Contestant[] = [];
  for (const open of openers) contestants.push(await open());
  for (let round = 0; round <= rounds; round++) {
    for (const [index, contestant] of inOrder(contestants, round)) {
      const figures = await contestant.measure();
      if (round > 0) kept[index]?.push(figures);
    }
  }
  for (const contestant of contestants) await contestant.close();
  return kept;
}

function inOrder<T>(those: readonly T[], round: number): [number, T][] {
  const entries = [...those.entries()];
  return round % 2 === 0 ? entries : entries.toReversed();
}
