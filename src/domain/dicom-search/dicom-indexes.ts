import type { Datastores } from "../datastores/datastores.ts";
import type { Caller } from "../caller.ts";
import { latestVersion, type ImageSet } from "../image-sets/image-set.ts";
import type { MetadataDocument } from "../image-sets/metadata/metadata-document.ts";
import { storedMetadata } from "../image-sets/stored-blobs.ts";
import type { Blobs } from "../blobs.ts";
import type { Follower, State } from "../state.ts";
import { DicomIndex } from "./dicom-index.ts";
import type { IndexedImageSet } from "./indexed.ts";

interface DicomIndexesDependencies {
  readonly state: Pick<State, "imageSets">;
  readonly blobs: Blobs;
  readonly datastores: Datastores;
  /** Whether searches find primary image sets alone: see the row of the served release. */
  readonly primaryOnly: boolean;
}

/** An index, and the image sets that it has to read again before the next search. */
interface Followed {
  readonly index: DicomIndex;
  readonly changed: Set<string>;
  /** Why the documents of some of them cannot be read, by image set. */
  readonly unreadable: Map<string, string>;
  /** The reading that is under way. */
  reading: Promise<void>;
}

interface OpenedIndex {
  readonly index: DicomIndex;
  readonly leftOut: readonly string[];
}

/** Documents that are read at once: more would not be faster, and each may take 50 MB. */
const READ_AT_ONCE = 4;

/**
 * The indexes of data stores. One is built at the first search in a data store; from then on it follows the state:
 * documents are read again when they have changed, before the next search.
 */
export class DicomIndexes implements Follower<ImageSet> {
  readonly #parts: DicomIndexesDependencies;
  readonly #followed = new Map<string, Followed>();

  constructor(parts: DicomIndexesDependencies) {
    this.#parts = parts;
    parts.state.imageSets.follow(this);
  }

  /**
   * An index that has every change so far, and what it leaves out, in words. Use it before the next await: it
   * continues to change.
   * Assumed: unreadable-documents. Image sets whose metadata is damaged are left out, and read again by the next search.
   * @throws ServiceError as SearchImageSets does for a data store that cannot be searched
   */
  async open(caller: Caller, datastoreId: string): Promise<OpenedIndex> {
    this.#parts.datastores.getActive(caller, datastoreId);
    const followed = this.#followed.get(datastoreId) ?? this.#follow(datastoreId);
    const reading = followed.reading.catch(() => {}).then(() => this.#read(followed));
    followed.reading = reading;
    await reading;
    return { index: followed.index, leftOut: [...followed.unreadable.values()] };
  }

  put(imageSet: ImageSet): void {
    const followed = this.#followed.get(imageSet.datastoreId);
    if (followed === undefined) return;
    if (!this.#isFound(imageSet)) return this.drop(imageSet);
    const { metadataKey, updatedAt } = latestVersion(imageSet);
    const { imageSetId } = imageSet;
    if (followed.index.imageSet(imageSetId)?.metadataKey === metadataKey) {
      followed.changed.delete(imageSetId);
      followed.index.touch(imageSetId, updatedAt);
    } else followed.changed.add(imageSetId);
  }

  drop({ datastoreId, imageSetId }: ImageSet): void {
    const followed = this.#followed.get(datastoreId);
    followed?.changed.delete(imageSetId);
    followed?.unreadable.delete(imageSetId);
    followed?.index.drop(imageSetId);
  }

  #follow(datastoreId: string): Followed {
    const imageSets = [...this.#parts.state.imageSets.inDatastore(datastoreId)];
    const found = imageSets.filter((imageSet) => this.#isFound(imageSet));
    const changed = new Set(found.map(({ imageSetId }) => imageSetId));
    const followed = { index: new DicomIndex(), changed, unreadable: new Map(), reading: Promise.resolve() };
    this.#followed.set(datastoreId, followed);
    return followed;
  }

  /**
   * Assumed: searches-of-locked. An image set that is being changed is found as it was before; one that a copy is
   * creating is not found yet.
   */
  #isFound(imageSet: ImageSet): boolean {
    const { imageSetState, imageSetWorkflowStatus, versionId } = latestVersion(imageSet);
    if (imageSetState === "DELETED" || (imageSetWorkflowStatus === "COPYING" && versionId === 1))
      return false;
    return !this.#parts.primaryOnly || imageSet.isPrimary === true;
  }

  async #read(followed: Followed): Promise<void> {
    const waiting = [...followed.changed].values();
    const readers = Array.from({ length: READ_AT_ONCE }, async () => {
      for (const imageSetId of waiting) {
        followed.unreadable.delete(imageSetId);
        await this.#readOne(followed, imageSetId).catch((error: unknown) => {
          followed.unreadable.set(imageSetId, damageOf(error));
          followed.index.drop(imageSetId);
        });
      }
    });
    await Promise.all(readers);
  }

  /** A change during the reading counts: what was read is then read again. */
  async #readOne({ index, changed }: Followed, imageSetId: string): Promise<void> {
    while (changed.has(imageSetId)) {
      const imageSet = this.#parts.state.imageSets.get(imageSetId);
      if (imageSet === undefined) return void changed.delete(imageSetId);
      const { metadataKey } = latestVersion(imageSet);
      const document = await this.#document(imageSet);
      const now = this.#parts.state.imageSets.get(imageSetId);
      if (now === undefined || document === undefined || latestVersion(now).metadataKey !== metadataKey)
        continue;
      changed.delete(imageSetId);
      index.put(describe(now), document);
    }
  }

  /** Undefined if the image set has changed or is gone, with its document. */
  async #document(imageSet: ImageSet): Promise<MetadataDocument | undefined> {
    const { key, checksum, imageSetId } = storedMetadata(imageSet, latestVersion(imageSet));
    try {
      const bytes = await this.#parts.blobs.read(key, { key, checksum, imageSetId });
      return JSON.parse(new TextDecoder().decode(bytes)) as MetadataDocument;
    } catch (error) {
      const now = this.#parts.state.imageSets.get(imageSetId);
      if (now !== undefined && latestVersion(now).metadataKey === key && this.#isFound(now)) throw error;
      return undefined;
    }
  }
}

/**
 * What is wrong with a document that cannot be read, in words: an UnreadableBlob, whose class may be another copy of it
 * (tools/bundle/load-on-use.ts), or one that is not JSON.
 * @throws the error, if it is not the document's
 */
export function damageOf(error: unknown): string {
  if (error instanceof Error && "hint" in error && typeof error.hint === "string") return error.hint;
  if (error instanceof SyntaxError) return `metadata is not JSON: ${error.message}`;
  throw error;
}

function describe(imageSet: ImageSet): IndexedImageSet {
  const { imageSetId, createdAt } = imageSet;
  const { updatedAt, metadataKey } = latestVersion(imageSet);
  return { imageSetId, createdAt, updatedAt, metadataKey };
}
