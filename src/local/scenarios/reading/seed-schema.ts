import type { Schema } from "./schema.ts";

/** What draws follow from. */
export const SEED: Schema = { type: "integer", minimum: 0, maximum: 2 ** 32 - 1 };
