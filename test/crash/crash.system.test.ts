import { expect, test } from "vitest";
import { scaled } from "../setup/timeouts.ts";
import { crashRun } from "./crash-run.ts";

const KILLS = 40;

test(
  `what was acknowledged is there after each of ${KILLS} kills, and nothing is half there`,
  async () => {
    const { wrong, acknowledged } = await crashRun(KILLS, 1);
    expect(wrong).toEqual([]);
    expect(acknowledged).toBeGreaterThan(KILLS);
  },
  scaled(600_000),
);
