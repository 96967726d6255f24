/** What the user got wrong: one line, of a scenario one for each thing. */
export class UsageError extends Error {}
