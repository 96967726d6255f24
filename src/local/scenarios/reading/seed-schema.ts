import type { Schema } from "./schema.ts";

/** Seed for random decisions. */
export const SEED: Schema = { type: "integer", minimum: 0, maximum: 2 ** 32 - 1 };
