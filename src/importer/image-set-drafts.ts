import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import { draftKey, metadataKey, type BlobChecksum, type Blobs } from "../domain/blobs.ts";
import type { CreateId } from "../domain/ids.ts";
import type { WrittenImageSet } from "../domain/image-sets/image-sets.ts";
import {
  differingHeads,
  parseHead,
  withCoercions,
  type DifferingHeads,
  type Heads,
} from "./merges/coerced-elements.ts";
import { TAIL, type ImportedInstance } from "./protocol.ts";
import { concatChunks, releaseText } from "./workers/import-memory.ts";
import { beginDocument, writeDocument, writeJoined, type DocumentChange } from "./write-document.ts";

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

/** An instance of this job, with the number of its file. */
export interface StoredInstance extends ImportedInstance {
  readonly index: number;
}

/** A file of the draft. */
type DraftFile = Pick<StoredInstance, "index" | "frameIds" | "attributesKey" | "warnings">;

type First = Pick<StoredInstance, "index" | "head" | "dicomTags">;

/** Without its text, which is large. */
const firstOf = ({ index, head, dicomTags }: StoredInstance): First => ({ index, head, dicomTags });

/** An instance of the draft: its elements are text, which may be in a blob. */
interface DraftInstance extends DraftFile {
  readonly sopInstanceUID: string;
  readonly frameChecksums: readonly BlobChecksum[];
  readonly text: { readonly page: number; readonly offset: number; readonly length: number };
}

/** An instance with its text, which belongs to the draft. */
export interface DraftText extends Omit<DraftInstance, "text"> {
  readonly text: Uint8Array;
}

/**
 * An incomplete image set. Its instances are stored as JSON in pages: full pages are blobs and the last one
 * is in memory, so memory does not grow with the number of files.
 */
export class ImageSetDraft {
  readonly datastoreId: string;
  readonly imageSetId: string;
  readonly #instances = new Map<string, DraftInstance>();
  readonly #replaced: DraftFile[] = [];
  /** By attributes key: patient, study and series of its files. */
  readonly #heads = new Map<string, Uint8Array>();
  readonly #maxBytes: number;
  /** The file whose patient, study and series are those of the image set. */
  #first: First;
  #pageKeys: string[] = [];
  #page: Uint8Array<ArrayBuffer>[] = [];
  #pageBytes = 0;
  #byteLength: number;
  #isTooLarge = false;

  /** @param first instance, which has not been added yet */
  constructor(datastoreId: string, imageSetId: string, maxBytes: number, first: StoredInstance) {
    this.imageSetId = imageSetId;
    this.datastoreId = datastoreId;
    this.#maxBytes = maxBytes;
    this.#first = firstOf(first);
    this.#byteLength = beginDocument(datastoreId, imageSetId).length + first.head.length + TAIL.length;
  }

  /** Bytes of the future document. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** After that its text is dropped. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
  }

  get bytesInMemory(): number {
    return this.#pageBytes;
  }

  /** The number of its first file. */
  get firstIndex(): number {
    return this.#first.index;
  }

  /** Attributes of an image set with only its first instance. */
  get dicomTags(): DICOMTags {
    return this.#first.dicomTags;
  }

  get heads(): Heads {
    return this.#heads;
  }

  /** Of files whose patient, study or series differs from that of the first file, which is kept. */
  get differing(): DifferingHeads {
    if (this.#heads.size === 1) return new Map();
    return differingHeads(this.#heads, parseHead(this.#first.head));
  }

  has(sopInstanceUID: string): boolean {
    return this.#instances.has(sopInstanceUID);
  }

  /** In the order of their files. */
  instances(): DraftInstance[] {
    return [...this.#instances.values()].toSorted((a, b) => a.index - b.index);
  }

  /** Those that another file of the job replaces. */
  get replaced(): readonly DraftFile[] {
    return this.#replaced;
  }

  add(instance: StoredInstance): void {
    const { text, sopInstanceUID, index, frameIds, frameChecksums, attributesKey, warnings } = instance;
    const there = this.#instances.get(sopInstanceUID);
    this.#keepHead(instance);
    if (there !== undefined && there.index > index) {
      this.#replaced.push({ index, frameIds, attributesKey, warnings });
      return releaseText(text);
    }
    if (there !== undefined) this.#replaced.push(there);
    const added = { index, sopInstanceUID, frameIds, frameChecksums, attributesKey, warnings };
    this.#byteLength += this.#instances.size === 0 || there !== undefined ? 0 : 1;
    this.#byteLength += text.length - (there?.text.length ?? 0);
    this.#instances.set(sopInstanceUID, { ...added, text: this.#place(text) });
    this.#isTooLarge ||= this.#byteLength > this.#maxBytes;
    if (this.isTooLarge) this.#takePage().forEach(releaseText);
  }

  /** Moves the page in memory to a blob. */
  async spill(blobs: Blobs): Promise<void> {
    if (this.#page.length === 0) return;
    const key = draftKey(this.datastoreId, this.imageSetId, this.#pageKeys.length);
    this.#pageKeys.push(key);
    const chunks = this.#takePage();
    await writeJoined(blobs, key, chunks);
    chunks.forEach(releaseText);
  }

  /** Its instances, in the order of their files. */
  async texts(blobs: Blobs): Promise<DraftText[]> {
    const pages = await Promise.all(this.#pageKeys.map((key) => blobs.read(key)));
    const chunks = this.#page;
    if (chunks.length > 1) {
      this.#page = [concatChunks(chunks)];
      chunks.forEach(releaseText);
    }
    const [last = new Uint8Array()] = this.#page;
    return this.instances().map(({ text: { page, offset, length }, ...instance }) => ({
      ...instance,
      text: (pages[page] ?? last).subarray(offset, offset + length),
    }));
  }

  /**
   * Writes the metadata document of a new image set. If it has the texts of the instances as they are, it is the only page
   * from then on.
   */
  async finish(blobs: Blobs, change?: DocumentChange): Promise<WrittenImageSet> {
    const { differing } = this;
    const isPage = change === undefined && differing.size === 0;
    if (!isPage) await this.spill(blobs);
    const own = await this.texts(blobs);
    const texts = differing.size === 0 ? own : withCoercions(own, differing);
    const key = metadataKey(this.datastoreId, this.imageSetId, 1);
    const head = Buffer.concat([beginDocument(this.datastoreId, this.imageSetId), this.#first.head]);
    const composed = {
      chunks: [
        head,
        ...texts.flatMap(({ text }, position) => (position === 0 ? [text] : [COMMA, text])),
        Buffer.from(TAIL),
      ],
      dicomTags: { ...this.dicomTags, DICOMNumberOfStudyRelatedInstances: texts.length },
    };
    const written = await writeDocument(blobs, key, composed, change);
    if (isPage) await this.#moveTo(key, head.length, texts, blobs);
    return {
      datastoreId: this.datastoreId,
      imageSetId: this.imageSetId,
      sopInstanceUIDs: texts.map(({ sopInstanceUID }) => sopInstanceUID),
      frameIds: texts.flatMap(({ frameIds }) => frameIds),
      frameChecksums: texts.flatMap(({ frameChecksums }) => frameChecksums),
      ...written,
    };
  }

  /** @param except a document that stays */
  async discardPages(blobs: Blobs, except?: string): Promise<void> {
    this.#takePage().forEach(releaseText);
    const keys = this.#pageKeys.filter((key) => key !== except);
    await Promise.all(keys.map((key) => blobs.remove(key)));
  }

  /** The first file is the one whose patient, study and series count, however the files come. */
  #keepHead(instance: StoredInstance): void {
    const { attributesKey, head, index } = instance;
    if (!this.#heads.has(attributesKey)) this.#heads.set(attributesKey, head);
    if (index >= this.#first.index) return;
    this.#byteLength += head.length - this.#first.head.length;
    this.#first = firstOf(instance);
  }

  #place(text: Uint8Array<ArrayBuffer>): DraftInstance["text"] {
    const place = { page: this.#pageKeys.length, offset: this.#pageBytes, length: text.length };
    this.#page.push(text);
    this.#pageBytes += text.length;
    return place;
  }

  /** From now on a document is the only page. */
  async #moveTo(
    key: string,
    offsetOfFirst: number,
    texts: readonly DraftText[],
    blobs: Blobs,
  ): Promise<void> {
    let offset = offsetOfFirst;
    for (const { text, ...instance } of texts) {
      this.#instances.set(instance.sopInstanceUID, {
        ...instance,
        text: { page: 0, offset, length: text.length },
      });
      offset += text.length + COMMA.length;
    }
    // It may be that document already: of a merge that is done again.
    await this.discardPages(blobs, key);
    this.#pageKeys = [key];
  }

  #takePage(): Uint8Array<ArrayBuffer>[] {
    const page = this.#page;
    this.#page = [];
    this.#pageBytes = 0;
    return page;
  }
}

const COMMA = Buffer.from(",");
