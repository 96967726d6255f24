import { expect, test } from "vitest";
import { scaled } from "../setup/timeouts.ts";
import { mergeRun } from "./merge-run.ts";

const KILLS = 12;

test(
  `after each of ${KILLS} kills in merges there is the old version or the new, and every job ends with one version`,
  async () => {
    const { wrong, acknowledged } = await mergeRun(KILLS, 1);
    expect(wrong).toEqual([]);
    expect(acknowledged).toBeGreaterThan(KILLS);
  },
  scaled(600_000),
);
