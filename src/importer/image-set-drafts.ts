import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import type { ImportWarning } from "../api/import-warnings.ts";
import { checksumOf, draftKey, metadataKey, type BlobChecksum, type Blobs } from "../domain/blobs.ts";
import type { CreateId } from "../domain/ids.ts";
import type { WrittenImageSet } from "../domain/image-sets/image-sets.ts";
import type { MetadataDocument } from "../domain/image-sets/metadata/metadata-document.ts";
import { TAIL, type ImportedInstance } from "./protocol.ts";
import { concatChunks, releaseText } from "./workers/import-memory.ts";

/** Bytes of a job's instance texts in memory; above that, those of the largest draft are moved to a blob. */
const MAX_BYTES_IN_MEMORY = 16 * 2 ** 20;

interface Options {
  readonly datastoreId: string;
  readonly maxMetadataBytes: number;
  readonly createId: CreateId;
  readonly blobs: Blobs;
  readonly maxBytesInMemory?: number;
}

/**
 * Groups instances into image sets: those of one series whose normalised Patient, Study and Series elements
 * are equal (facts: import-jobs#grouping).
 * Assumed: series-stay-whole. They are one image set, however many there are.
 * Assumed: repeated-instances. A repeated SOP instance goes into another image set, since an image set
 * contains it once and no file may be lost.
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
    const { datastoreId, maxMetadataBytes, createId } = this.#options;
    const drafts = this.#groups.get(instance.groupingKey) ?? [];
    const free = drafts.find((draft) => !draft.has(instance.sopInstanceUID));
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

/** An instance of the draft: its elements are text, which may be in a blob. */
interface DraftInstance {
  readonly index: number;
  readonly sopInstanceUID: string;
  readonly frameIds: readonly string[];
  readonly frameChecksums: readonly BlobChecksum[];
  readonly warnings: readonly ImportWarning[];
  readonly text: { readonly page: number; readonly offset: number; readonly length: number };
}

/**
 * An incomplete image set. Its instances are stored as JSON in pages: full pages are blobs and the last one
 * is in memory, so memory does not grow with the number of files.
 */
export class ImageSetDraft {
  readonly imageSetId: string;
  readonly #instances = new Map<string, DraftInstance>();
  readonly #datastoreId: string;
  readonly #dicomTags: DICOMTags;
  readonly #head: Buffer;
  readonly #maxBytes: number;
  readonly #pageKeys: string[] = [];
  #page: Uint8Array<ArrayBuffer>[] = [];
  #pageBytes = 0;
  #byteLength: number;

  /** @param first instance, which has not been added yet */
  constructor(datastoreId: string, imageSetId: string, maxBytes: number, first: ImportedInstance) {
    this.imageSetId = imageSetId;
    this.#datastoreId = datastoreId;
    this.#maxBytes = maxBytes;
    this.#dicomTags = first.dicomTags;
    this.#head = Buffer.concat([beginDocument(datastoreId, imageSetId), first.head]);
    this.#byteLength = this.#head.length + TAIL.length;
  }

  /** Bytes of the future document. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** After that its text is dropped. */
  get isTooLarge(): boolean {
    return this.#byteLength > this.#maxBytes;
  }

  get bytesInMemory(): number {
    return this.#pageBytes;
  }

  has(sopInstanceUID: string): boolean {
    return this.#instances.has(sopInstanceUID);
  }

  /** In the order of their files. */
  instances(): DraftInstance[] {
    return [...this.#instances.values()].toSorted((a, b) => a.index - b.index);
  }

  add({ text, ...instance }: StoredInstance): void {
    const { sopInstanceUID, index, frameIds, frameChecksums, warnings } = instance;
    const place = { page: this.#pageKeys.length, offset: this.#pageBytes, length: text.length };
    const comma = this.#instances.size === 0 ? 0 : 1;
    this.#instances.set(sopInstanceUID, {
      index,
      sopInstanceUID,
      frameIds,
      frameChecksums,
      warnings,
      text: place,
    });
    this.#byteLength += text.length + comma;
    this.#page.push(text);
    this.#pageBytes += text.length;
    if (this.isTooLarge) this.#takePage().forEach(releaseText);
  }

  /** Moves the page in memory to a blob. */
  async spill(blobs: Blobs): Promise<void> {
    const key = draftKey(this.#datastoreId, this.imageSetId, this.#pageKeys.length);
    this.#pageKeys.push(key);
    const chunks = this.#takePage();
    await writeJoined(blobs, key, chunks);
    chunks.forEach(releaseText);
  }

  /** Writes the metadata document and removes the temporary pages. */
  async finish(blobs: Blobs): Promise<WrittenImageSet> {
    const pages = await Promise.all(this.#pageKeys.map((key) => blobs.read(key)));
    const lastChunks = this.#takePage();
    const last = concatChunks(lastChunks);
    lastChunks.forEach(releaseText);
    const chunks = this.instances().map(({ text: { page, offset, length } }, position) => [
      Buffer.from(position === 0 ? "" : ","),
      (pages[page] ?? last).subarray(offset, offset + length),
    ]);
    const key = metadataKey(this.#datastoreId, this.imageSetId, 1);
    const metadataChecksum = await writeJoined(blobs, key, [this.#head, ...chunks.flat(), Buffer.from(TAIL)]);
    releaseText(last);
    await this.discardPages(blobs);
    const instances = this.instances();
    return {
      datastoreId: this.#datastoreId,
      imageSetId: this.imageSetId,
      dicomTags: { ...this.#dicomTags, DICOMNumberOfStudyRelatedInstances: instances.length },
      sopInstanceUIDs: instances.map(({ sopInstanceUID }) => sopInstanceUID),
      metadataChecksum,
      frameIds: instances.flatMap(({ frameIds }) => frameIds),
      frameChecksums: instances.flatMap(({ frameChecksums }) => frameChecksums),
    };
  }

  async discardPages(blobs: Blobs): Promise<void> {
    await Promise.all(this.#pageKeys.map((key) => blobs.remove(key)));
  }

  #takePage(): Uint8Array<ArrayBuffer>[] {
    const page = this.#page;
    this.#page = [];
    this.#pageBytes = 0;
    return page;
  }
}

/** Writes a blob without keeping it in memory. */
async function writeJoined(blobs: Blobs, key: string, chunks: readonly Uint8Array[]): Promise<BlobChecksum> {
  const joined = concatChunks(chunks);
  try {
    await blobs.write(key, joined);
    return checksumOf(joined);
  } finally {
    releaseText(joined);
  }
}

/** Members of the document that precede the instances. */
function beginDocument(DatastoreID: string, ImageSetID: string): Buffer {
  const begun: Omit<MetadataDocument, "Patient" | "Study"> = {
    SchemaVersion: "1.1",
    DatastoreID,
    ImageSetID,
  };
  return Buffer.from(`${JSON.stringify(begun).slice(0, -1)},`);
}
