import { LRUCache } from "lru-cache";
import type { Blobs, StoredBlob } from "../../domain/blobs.ts";
import type { MetadataDocument } from "../../domain/image-sets/metadata/metadata-document.ts";

/** JSON text of all cached documents; the parsed objects take several times more. */
const MAX_HELD_BYTES = 16 * 2 ** 20;
/** Cached UIDs: about 10 MB. */
const MAX_HELD_UIDS = 100_000;

interface Held {
  readonly document: MetadataDocument;
  readonly byteLength: number;
}

/**
 * Parsed metadata documents. A viewer requests a series instance by instance, and all of them are in the same
 * document, whose parsing may take longer than everything else: the latest few are cached. Their instance
 * UIDs are cached for more documents. Documents never change: an update writes a new one.
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
      // A document that is evicted while it is being read is still returned.
      ignoreFetchAbort: true,
    });
  }

  /** Concurrent requests share one read. */
  async read(metadataKey: string, stored?: StoredBlob): Promise<MetadataDocument> {
    return (await this.#held.forceFetch(metadataKey, { context: stored })).document;
  }

  /** Whether a document contains an instance with that UID. */
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

/** A document larger than the limit counts as the limit, so that the latest one is always cached. */
const sizeWithin = (maxSize: number, size: number): number => Math.min(maxSize, Math.max(1, size));
