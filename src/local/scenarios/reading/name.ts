import type { Schema } from "./schema.ts";

/** Names of scenarios, rules, states and signals: they occur in paths and headers. */
export const NAME: Schema = {
  type: "string",
  description: "a name of letters, digits, - _ and .",
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
};
