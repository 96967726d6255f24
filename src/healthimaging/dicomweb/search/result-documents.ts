import { LRUCache } from "lru-cache";
import type { Blobs, StoredBlob } from "../../../domain/blobs.ts";
import type { IndexedImageSet } from "../../../domain/dicom-search/indexed.ts";
import { latestVersion } from "../../../domain/image-sets/image-set.ts";
import type { MetadataDocument } from "../../../domain/image-sets/metadata/metadata-document.ts";
import { storedMetadata } from "../../../domain/image-sets/stored-blobs.ts";
import type { State } from "../../../domain/state.ts";
import { DocumentCache } from "../document-cache.ts";

/** JSON text of all kept documents without their instances. */
const MAX_KEPT_BYTES = 16 * 2 ** 20;

interface ResultDocumentsDependencies {
  readonly state: Pick<State, "imageSets">;
  readonly blobs: Blobs;
}

/**
 * The metadata documents of what searches find. A list of studies needs a small part of each, which may be one of a
 * thousand instances: it is kept without them.
 */
export class ResultDocuments {
  readonly #state: Pick<State, "imageSets">;
  readonly #documents: DocumentCache;
  readonly #kept = new LRUCache<string, MetadataDocument>({
    maxSize: MAX_KEPT_BYTES,
    maxEntrySize: MAX_KEPT_BYTES / 16,
    sizeCalculation: (document) => JSON.stringify(document).length,
  });

  constructor({ state, blobs }: ResultDocumentsDependencies) {
    this.#state = state;
    this.#documents = new DocumentCache(blobs);
  }

  /** Undefined if the image set is gone. */
  async read({ imageSetId, metadataKey }: IndexedImageSet): Promise<MetadataDocument | undefined> {
    const stored = this.#stored(imageSetId, metadataKey);
    if (stored === undefined) return undefined;
    try {
      return await this.#documents.read(metadataKey, stored);
    } catch (error) {
      if (this.#stored(imageSetId, metadataKey) === undefined) return undefined;
      throw error;
    }
  }

  /** With one instance of each series. Undefined if the image set is gone. */
  async readLevels(imageSet: IndexedImageSet): Promise<MetadataDocument | undefined> {
    const kept = this.#kept.get(imageSet.metadataKey);
    if (kept !== undefined) return kept;
    const document = await this.read(imageSet);
    if (document === undefined) return undefined;
    const levels = withoutInstances(document);
    this.#kept.set(imageSet.metadataKey, levels);
    return levels;
  }

  #stored(imageSetId: string, metadataKey: string): StoredBlob | undefined {
    const imageSet = this.#state.imageSets.get(imageSetId);
    if (imageSet === undefined || latestVersion(imageSet).imageSetState === "DELETED") return undefined;
    const version = imageSet.versions.find((candidate) => candidate.metadataKey === metadataKey);
    return version && storedMetadata(imageSet, version);
  }
}

function withoutInstances({ Study, ...document }: MetadataDocument): MetadataDocument {
  const Series = Object.entries(Study.Series).map(([uid, { DICOM, Instances }]) => {
    const first = Object.entries(Instances)
      .slice(0, 1)
      .map(([sop, { DICOM: attributes, DICOMVRs }]) => [
        sop,
        { DICOM: attributes, DICOMVRs, ImageFrames: [] },
      ]);
    return [uid, { DICOM, Instances: Object.fromEntries(first) as typeof Instances }];
  });
  return {
    ...document,
    Study: { DICOM: Study.DICOM, Series: Object.fromEntries(Series) as typeof Study.Series },
  };
}
