import type { Blobs } from "../domain/blobs.ts";
import type { CreateId } from "../domain/ids.ts";
import { ImageSetDraft, type StoredInstance } from "./image-set-draft.ts";

/** Of the instances' texts of one job; the largest draft's go to a blob when there are more. */
const MAX_BYTES_IN_MEMORY = 16 * 2 ** 20;

interface Options {
  readonly datastoreId: string;
  readonly maxMetadataBytes: number;
  readonly createId: CreateId;
  readonly blobs: Blobs;
  readonly maxBytesInMemory?: number;
}

/**
 * Puts instances together that become one image set: those of one series whose normalised Patient,
 * Study and Series elements are equal (facts: import-jobs#grouping).
 * Assumed: series-stay-whole. They are one image set, however many they are.
 * Assumed: repeated-instances. A SOP instance that comes twice goes into another image set, since an
 * image set holds it once and nothing may get lost.
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
    await largest.putAside(blobs);
  }

  #draftFor(instance: StoredInstance): ImageSetDraft {
    const { datastoreId, maxMetadataBytes, createId } = this.#options;
    const drafts = this.#groups.get(instance.groupingKey) ?? [];
    const free = drafts.find((draft) => !draft.has(instance.sopInstanceUID));
    if (free !== undefined) return free;
    const draft = new ImageSetDraft(datastoreId, createId(), maxMetadataBytes, instance);
    this.#groups.set(instance.groupingKey, [...drafts, draft]);
    return draft;
  }
}
