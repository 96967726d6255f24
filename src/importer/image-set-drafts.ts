import type { Blobs } from "../domain/blobs.ts";
import type { CreateId } from "../domain/ids.ts";
import { ImageSetDraft, type StoredInstance } from "./image-set-draft.ts";

/** Bytes of a job's instance texts in memory; above that, those of the largest draft are moved to a blob. */
const MAX_BYTES_IN_MEMORY = 16 * 2 ** 20;

interface Options {
  readonly datastoreId: string;
  readonly maxMetadataBytes: number;
  readonly createId: CreateId;
  readonly blobs: Blobs;
  /** Whether an instance that comes again replaces the one before it. */
  readonly replacesRepeated?: boolean;
  readonly maxBytesInMemory?: number;
}

/**
 * Groups instances into image sets: those of one series with the same grouping key (facts: import-jobs#grouping).
 * Assumed: series-stay-whole. They are one image set, however many there are.
 * Assumed: repeated-instances. An image set contains a SOP instance once, and no file may be lost: one that comes again
 * goes into another image set, or, where the service merges imports, the file with the later key replaces the other.
 */
export class ImageSetDrafts {
  readonly #options: Options;
  readonly #groups = new Map<string, ImageSetDraft[]>();
  #bytesInMemory = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** In the order in which they began. */
  all(): ImageSetDraft[] {
    return [...this.#groups.values()].flat();
  }

  async add(instance: StoredInstance): Promise<void> {
    const draft = this.#draftFor(instance);
    const before = draft.bytesInMemory;
    draft.add(instance);
    this.#bytesInMemory += draft.bytesInMemory - before;
    const { blobs, maxBytesInMemory = MAX_BYTES_IN_MEMORY } = this.#options;
    if (this.#bytesInMemory <= maxBytesInMemory) return;
    const [largest = draft] = this.all().toSorted((a, b) => b.bytesInMemory - a.bytesInMemory);
    this.#bytesInMemory -= largest.bytesInMemory;
    await largest.spill(blobs);
  }

  #draftFor(instance: StoredInstance): ImageSetDraft {
    const { datastoreId, maxMetadataBytes, createId, replacesRepeated = false } = this.#options;
    const drafts = this.#groups.get(instance.groupingKey) ?? [];
    const free = replacesRepeated ? drafts[0] : drafts.find((draft) => !draft.has(instance.sopInstanceUID));
    if (free !== undefined) return free;
    const draft = new ImageSetDraft(datastoreId, createId(), maxMetadataBytes, instance);
    this.#groups.set(instance.groupingKey, [...drafts, draft]);
    return draft;
  }
}
