/** The content of a path after the commit: a document, or nothing. */
export type Content = object | null;

/** Documents, by path, that are stored together or not at all. */
export class Commit {
  readonly documents: Map<string, Content>;
  /** Commits that must be stored before this one, because they write the same paths. */
  readonly after: Set<Commit>;
  /** Set while it is being stored, or waits for its turn. */
  running: Promise<void> | undefined;
  /** Path of its record, once it has one. */
  number: number | undefined;
  /** From here on nothing may be added to it. */
  isBeingWritten = false;
  /** Stored, or replaced by later content for its paths. */
  isOver = false;
  hasFailed = false;

  constructor(documents: Map<string, Content>, after: Set<Commit>) {
    this.documents = documents;
    this.after = after;
  }

  /** A single document is complete or absent by itself: it needs no record. */
  get isAlone(): boolean {
    return this.documents.size === 1;
  }
}
