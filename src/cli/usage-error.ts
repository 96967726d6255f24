/** What the user got wrong, in one line. */
export class UsageError extends Error {}
