import type { Schema } from "./schema.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** As scenarios write a time that passes. */
export const DURATION: Schema = {
  type: "string",
  description: "a time such as 400ms, 1.5s, 10m, 2h, 1d",
  // At most so long that no date lies behind the last one of JavaScript.
  pattern: "^(\\d{1,9}(\\.\\d{1,9})?(ms|s|m)|\\d{1,6}(\\.\\d{1,9})?(h|d))$",
};

/** @returns milliseconds; 0 for what is no time, which the schema refuses */
export function readDuration(text: string): number {
  const [, number = "0", unit = "ms"] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit] ?? 0);
}
