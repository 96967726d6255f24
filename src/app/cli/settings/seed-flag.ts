import { UsageError } from "./usage-error.ts";

/** Seed for random decisions in scenarios. @throws UsageError */
export function readSeed(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new UsageError(`${flag} expects a whole number from 0 to ${2 ** 32 - 1}, got '${text}'`);
}
