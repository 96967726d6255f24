/** A user's error: one line; for a scenario one line for each problem. */
export class UsageError extends Error {}
