import { dicomTagsOf } from "./dicom-tags.ts";
import type { Blobs } from "./blobs.ts";
import { metadataKey } from "./blobs.ts";
import type { ImageSetLimits } from "./image-set-limits.ts";
import type { ImageSet, ImageSetVersion } from "./image-set.ts";
import { InvalidChange } from "./invalid-change.ts";
import type { MetadataDocument } from "./metadata-document.ts";

/** A metadata document that is written, as a version refers to it. */
export type WrittenDocument = Pick<ImageSetVersion, "metadataKey" | "dicomTags">;

/** Reads and writes the metadata documents that versions of image sets refer to. */
export class MetadataDocuments {
  readonly #blobs: Blobs;
  readonly #limits: () => ImageSetLimits;

  constructor({ blobs, limits }: { blobs: Blobs; limits: () => ImageSetLimits }) {
    this.#blobs = blobs;
    this.#limits = limits;
  }

  async read({ metadataKey: key }: Pick<ImageSetVersion, "metadataKey">): Promise<MetadataDocument> {
    return JSON.parse(Buffer.from(await this.#blobs.read(key)).toString()) as MetadataDocument;
  }

  remove({ metadataKey: key }: Pick<ImageSetVersion, "metadataKey">): Promise<void> {
    return this.#blobs.remove(key);
  }

  /** @throws InvalidChange where it is larger than metadata may be */
  async write(
    { datastoreId, imageSetId }: Pick<ImageSet, "datastoreId" | "imageSetId">,
    versionId: number,
    document: MetadataDocument,
  ): Promise<WrittenDocument> {
    const bytes = Buffer.from(JSON.stringify(document));
    const { maxMetadataBytes } = this.#limits();
    if (bytes.length > maxMetadataBytes) {
      throw new InvalidChange(
        `The metadata would have ${bytes.length} bytes, at most ${maxMetadataBytes} are allowed`,
      );
    }
    const key = metadataKey(datastoreId, imageSetId, versionId);
    await this.#blobs.write(key, bytes);
    return { metadataKey: key, dicomTags: dicomTagsOf(document) };
  }
}
