/** The content of a path after the commit: a document, or nothing. */
export type Content = object | null;

/** Documents, by path, that are kept together or not at all. */
export class Commit {
  readonly documents: Map<string, Content>;
  /** Those that must be kept before it, since they put something at the same paths. */
  readonly after: Set<Commit>;
  /** While it is being kept, or waits for its turn. */
  running: Promise<void> | undefined;
  /** Path of its record, once it has one. */
  number: number | undefined;
  /** From here on nothing may be added to it. */
  isBeingWritten = false;
  /** Kept, or replaced by what was put at its path since. */
  isOver = false;
  hasFailed = false;

  constructor(documents: Map<string, Content>, after: Set<Commit>) {
    this.documents = documents;
    this.after = after;
  }

  /** A document by itself is whole or absent: it needs no record. */
  get isAlone(): boolean {
    return this.documents.size === 1;
  }
}
