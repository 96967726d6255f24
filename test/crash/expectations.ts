/** What a client knows of one value: the one that was acknowledged, and those that may have come since. */
export class Expected<T> {
  #acknowledged: T;
  readonly #pending = new Set<T>();

  constructor(acknowledged: T) {
    this.#acknowledged = acknowledged;
  }

  get acknowledged(): T {
    return this.#acknowledged;
  }

  /** Asked for; it may come to be, or not. */
  ask(value: T): void {
    this.#pending.add(value);
  }

  /** Answered: it is so, whatever happens. */
  acknowledge(value: T): void {
    this.#acknowledged = value;
    this.#pending.clear();
  }

  /** What is found to be so is so from now on. */
  settle(found: T): boolean {
    const isAllowed = found === this.#acknowledged || this.#pending.has(found);
    if (isAllowed) this.acknowledge(found);
    return isAllowed;
  }
}

export interface KnownImageSet {
  readonly imageSetId: string;
  /** By version: the SHA-256 of its metadata, which never changes. */
  readonly versions: Map<string, string>;
  readonly description: Expected<string>;
  readonly isDeleted: Expected<boolean>;
  readonly tags: Expected<string>;
  latestVersion: number;
}

export interface KnownDatastore {
  readonly datastoreId: string;
  readonly name: string;
  readonly tags: Expected<string>;
}

/** Everything that a client of one data store was told. */
export class Expectations {
  readonly imageSets = new Map<string, KnownImageSet>();
  readonly datastores = new Map<string, KnownDatastore>();
  /** Jobs that were acknowledged. */
  readonly jobs = new Set<string>();
  /** By frame: the SHA-256 of its bytes. */
  readonly frames = new Map<string, string>();
  /** Copies that were requested and not answered: each may exist, once. */
  pendingCopies = 0;
  readonly copies = new Set<string>();

  addDatastore(datastoreId: string, name: string): void {
    this.datastores.set(datastoreId, { datastoreId, name, tags: new Expected("{}") });
  }

  addImageSet(imageSetId: string, description: string): KnownImageSet {
    const known: KnownImageSet = {
      imageSetId,
      versions: new Map(),
      description: new Expected(description),
      isDeleted: new Expected(false),
      tags: new Expected("{}"),
      latestVersion: 1,
    };
    this.imageSets.set(imageSetId, known);
    return known;
  }
}
