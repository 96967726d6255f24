import { readShortDuration } from "../../../domain/time/duration-text.ts";
import type { Schema } from "./schema.ts";

/** A duration in scenarios: its published pattern is a subset of the durations that `/_local` accepts. */
export const DURATION: Schema = {
  type: "string",
  description: "a time such as 400ms, 1.5s, 10m, 2h, 1d",
  // The maximum stays within JavaScript's range of dates.
  pattern: "^(\\d{1,9}(\\.\\d{1,9})?(ms|s|m)|\\d{1,6}(\\.\\d{1,9})?(h|d))$",
};

/** @returns milliseconds; 0 for an invalid duration, which the schema refuses */
export const readScenarioDuration = (text: string): number => readShortDuration(text) ?? 0;
