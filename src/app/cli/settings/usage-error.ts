/** An error of the user: one line; for a scenario one line for each problem. */
export class UsageError extends Error {}
