/**
 * Valid names of folders on every system: Windows reserves some names for devices, and drops a dot at the
 * end.
 */
const NAME = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/i;

export const isSnapshotName = (name: string): boolean => NAME.test(name);

/** The message for an invalid name. */
export const describeSnapshotName = (name: string): string =>
  `the name of a snapshot expects up to 64 letters, digits, dots, dashes and underscores that are a valid folder name on every system, got ${JSON.stringify(name.slice(0, 80))}`;
