import { LRUCache } from "lru-cache";
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
export class DocumentCache {
  readonly #held: LRUCache<string, Held, StoredBlob | undefined>;
  readonly #instances = new LRUCache<string, ReadonlySet<string>>({
    maxSize: MAX_HELD_UIDS,
    sizeCalculation: ({ size }) => sizeWithin(MAX_HELD_UIDS, size),
  });

  constructor(blobs: Blobs) {
    this.#held = new LRUCache({
      maxSize: MAX_HELD_BYTES,
      sizeCalculation: ({ byteLength }) => sizeWithin(MAX_HELD_BYTES, byteLength),
      fetchMethod: (metadataKey, _, { context }) => readDocument(blobs, metadataKey, context),
      // A document that others push out while it is being read is answered all the same.
      ignoreFetchAbort: true,
    });
  }

  /** Concurrent requests share one read. */
  async read(metadataKey: string, stored?: StoredBlob): Promise<MetadataDocument> {
    return (await this.#held.forceFetch(metadataKey, { context: stored })).document;
  }

  /** Whether a document has an instance of that UID. */
  async holds(metadataKey: string, sopInstanceUID: string, stored?: StoredBlob): Promise<boolean> {
    let uids = this.#instances.get(metadataKey);
    if (uids === undefined) {
      const { Study } = await this.read(metadataKey, stored);
      uids = new Set(Object.values(Study.Series).flatMap(({ Instances }) => Object.keys(Instances)));
      this.#instances.set(metadataKey, uids);
    }
    return uids.has(sopInstanceUID);
  }
}

async function readDocument(blobs: Blobs, metadataKey: string, stored?: StoredBlob): Promise<Held> {
  const bytes = await blobs.read(metadataKey, stored);
  const document = JSON.parse(new TextDecoder().decode(bytes)) as MetadataDocument;
  return { document, byteLength: bytes.length };
}

/** What is larger than all that may be held takes the place of all else: the last one is always held. */
const sizeWithin = (maxSize: number, size: number): number => Math.min(maxSize, Math.max(1, size));
