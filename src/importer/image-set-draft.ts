import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import { checksumOf, draftKey, metadataKey, type BlobChecksum, type Blobs } from "../domain/blobs.ts";
import type { WrittenImageSet } from "../domain/image-sets/image-sets.ts";
import type { MetadataDocument } from "../domain/image-sets/metadata/metadata-document.ts";
import { TAIL } from "./instance-text.ts";
import { joinTexts, releaseText } from "./workers/large-text.ts";
import type { ImportedInstance } from "./protocol.ts";

/** An instance of this job, with the number of its file. */
export interface StoredInstance extends ImportedInstance {
  readonly index: number;
}

/** What is remembered of one: its elements are text by then, which may lie in a blob. */
export interface DraftInstance {
  readonly index: number;
  readonly sopInstanceUID: string;
  readonly frameIds: readonly string[];
  readonly frameChecksums: readonly BlobChecksum[];
  readonly text: { readonly page: number; readonly offset: number; readonly length: number };
}

/**
 * An image set in the making. Its instances are kept as JSON, page by page: full pages are blobs
 * and the last is in memory, so that a job needs no more memory for more files.
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

  /** @param first of the instances, which has not been added yet */
  constructor(datastoreId: string, imageSetId: string, maxBytes: number, first: ImportedInstance) {
    this.imageSetId = imageSetId;
    this.#datastoreId = datastoreId;
    this.#maxBytes = maxBytes;
    this.#dicomTags = first.dicomTags;
    this.#head = Buffer.concat([beginDocument(datastoreId, imageSetId), first.head]);
    this.#byteLength = this.#head.length + TAIL.length;
  }

  /** Of the document that is to be written. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Then nothing is kept of its text any more. */
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

  add({ sopInstanceUID, index, frameIds, frameChecksums, text }: StoredInstance): void {
    const place = { page: this.#pageKeys.length, offset: this.#pageBytes, length: text.length };
    const comma = this.#instances.size === 0 ? 0 : 1;
    this.#instances.set(sopInstanceUID, { index, sopInstanceUID, frameIds, frameChecksums, text: place });
    this.#byteLength += text.length + comma;
    this.#page.push(text);
    this.#pageBytes += text.length;
    if (this.isTooLarge) this.#takePage().forEach(releaseText);
  }

  async putAside(blobs: Blobs): Promise<void> {
    const key = draftKey(this.#datastoreId, this.imageSetId, this.#pageKeys.length);
    this.#pageKeys.push(key);
    const texts = this.#takePage();
    await writeJoined(blobs, key, texts);
    texts.forEach(releaseText);
  }

  /** Writes the metadata document and removes the pages that were put aside. */
  async finish(blobs: Blobs): Promise<WrittenImageSet> {
    const pages = await Promise.all(this.#pageKeys.map((key) => blobs.read(key)));
    const lastTexts = this.#takePage();
    const last = joinTexts(lastTexts);
    lastTexts.forEach(releaseText);
    const texts = this.instances().map(({ text: { page, offset, length } }, position) => [
      Buffer.from(position === 0 ? "" : ","),
      (pages[page] ?? last).subarray(offset, offset + length),
    ]);
    const key = metadataKey(this.#datastoreId, this.imageSetId, 1);
    const metadataChecksum = await writeJoined(blobs, key, [this.#head, ...texts.flat(), Buffer.from(TAIL)]);
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

/** Writes a blob that nobody holds in memory afterwards. */
async function writeJoined(blobs: Blobs, key: string, texts: readonly Uint8Array[]): Promise<BlobChecksum> {
  const joined = joinTexts(texts);
  try {
    await blobs.write(key, joined);
    return checksumOf(joined);
  } finally {
    releaseText(joined);
  }
}

/** What no instance tells of its document. */
function beginDocument(DatastoreID: string, ImageSetID: string): Buffer {
  const begun: Omit<MetadataDocument, "Patient" | "Study"> = {
    SchemaVersion: "1.1",
    DatastoreID,
    ImageSetID,
  };
  return Buffer.from(`${JSON.stringify(begun).slice(0, -1)},`);
}
