/** A data folder cannot be used: the message names the path and says what to do. */
export class FolderError extends Error {}
