/** What keeps OHIF from being shown, as a sentence for the user. */
export class OhifError extends Error {}
