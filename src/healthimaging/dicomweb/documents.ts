import type { Blobs, StoredBlob } from "../../domain/blobs.ts";
import type { MetadataDocument } from "../../domain/image-sets/metadata/metadata-document.ts";

/** JSON text of all documents that are held; what it becomes takes some times more. */
const MAX_HELD_BYTES = 16 * 2 ** 20;
/** UIDs that are held: some 10 MB. */
const MAX_HELD_UIDS = 100_000;

interface Held {
  readonly document: MetadataDocument;
  readonly byteLength: number;
}

/**
 * Metadata documents, parsed. A viewer asks for a series instance by instance, and each stands in the
 * same document, which may take longer to parse than all else: the last few are held. What they
 * hold is remembered for more of them. Documents never change: an update writes another.
 */
export class Documents {
  readonly #blobs: Blobs;
  /** The one used last is last. */
  readonly #held = new Map<string, Promise<Held>>();
  readonly #instances = new Map<string, ReadonlySet<string>>();

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /** Whoever asks while it is being read gets the same. */
  async read(metadataKey: string, stored?: StoredBlob): Promise<MetadataDocument> {
    const reading = this.#held.get(metadataKey) ?? this.#parse(metadataKey, stored);
    this.#held.delete(metadataKey);
    this.#held.set(metadataKey, reading);
    try {
      const { document } = await reading;
      await this.#trim();
      return document;
    } catch (error) {
      this.#held.delete(metadataKey);
      throw error;
    }
  }

  /** Whether a document has an instance of that UID. */
  async holds(metadataKey: string, sopInstanceUID: string, stored?: StoredBlob): Promise<boolean> {
    let uids = this.#instances.get(metadataKey);
    if (uids === undefined) {
      const { Study } = await this.read(metadataKey, stored);
      uids = new Set(Object.values(Study.Series).flatMap(({ Instances }) => Object.keys(Instances)));
      this.#remember(metadataKey, uids);
    }
    return uids.has(sopInstanceUID);
  }

  async #parse(metadataKey: string, stored: StoredBlob | undefined): Promise<Held> {
    const bytes = await this.#blobs.read(metadataKey, stored);
    const text = new TextDecoder().decode(bytes);
    return { document: JSON.parse(text) as MetadataDocument, byteLength: bytes.length };
  }

  /** Lets go of what was used longest ago, and keeps the last one whatever its size. */
  async #trim(): Promise<void> {
    let heldBytes = 0;
    for (const [key, reading] of [...this.#held].toReversed()) {
      const { byteLength } = await reading.catch(() => ({ byteLength: 0 }));
      if (heldBytes > 0 && heldBytes + byteLength > MAX_HELD_BYTES) this.#held.delete(key);
      else heldBytes += byteLength;
    }
  }

  #remember(metadataKey: string, uids: ReadonlySet<string>): void {
    this.#instances.set(metadataKey, uids);
    let count = 0;
    for (const [key, { size }] of [...this.#instances].toReversed()) {
      count += size;
      if (count > MAX_HELD_UIDS && key !== metadataKey) this.#instances.delete(key);
    }
  }
}
