import { readShortDuration } from "../../../domain/time/duration-text.ts";
import type { Schema } from "./schema.ts";

/** As scenarios write a time that passes: the published pattern is a part of what `/_local` reads as a duration. */
export const DURATION: Schema = {
  type: "string",
  description: "a time such as 400ms, 1.5s, 10m, 2h, 1d",
  // At most so long that no date lies behind the last one of JavaScript.
  pattern: "^(\\d{1,9}(\\.\\d{1,9})?(ms|s|m)|\\d{1,6}(\\.\\d{1,9})?(h|d))$",
};

/** @returns milliseconds; 0 for what is not a time, which the schema refuses */
export const readScenarioDuration = (text: string): number => readShortDuration(text) ?? 0;
