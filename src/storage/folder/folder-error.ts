/** Says why a data folder cannot be used, and what to do about it: the message names the path. */
export class FolderError extends Error {}
