import { dicomTagsOf } from "./dicom-tags.ts";
import { checksumOf, metadataKey, type Blobs } from "../../blobs.ts";
import type { ImageSet, ImageSetVersion } from "../image-set.ts";
import { InvalidChange } from "./invalid-change.ts";
import type { MetadataDocument } from "./metadata-document.ts";
import type { Quotas } from "../../limits/quotas.ts";
import type { State } from "../../state.ts";
import { storedMetadata } from "../stored-blobs.ts";

/** A written metadata document, as a version refers to it. */
export type WrittenDocument = Pick<ImageSetVersion, "metadataKey" | "metadataChecksum" | "dicomTags">;

/** Reads and writes the metadata documents that versions of image sets refer to. */
export class MetadataDocuments {
  readonly #state: Pick<State, "datastores" | "imageSets">;
  readonly #blobs: Blobs;
  readonly #quotas: Quotas;

  constructor({
    state,
    blobs,
    quotas,
  }: {
    state: Pick<State, "datastores" | "imageSets">;
    blobs: Blobs;
    quotas: Quotas;
  }) {
    this.#state = state;
    this.#blobs = blobs;
    this.#quotas = quotas;
  }

  async read(
    imageSet: Pick<ImageSet, "imageSetId">,
    version: Pick<ImageSetVersion, "metadataKey" | "metadataChecksum">,
  ): Promise<MetadataDocument> {
    const stored = storedMetadata(imageSet, version);
    return JSON.parse(Buffer.from(await this.#blobs.read(stored.key, stored)).toString()) as MetadataDocument;
  }

  remove({ metadataKey: key }: Pick<ImageSetVersion, "metadataKey">): Promise<void> {
    return this.#blobs.remove(key);
  }

  /** Removes a document that was written but did not become visible, unless a version refers to it. */
  async discard(imageSetId: string, { metadataKey: key }: WrittenDocument): Promise<void> {
    const { versions = [] } = this.#state.imageSets.get(imageSetId) ?? {};
    if (!versions.some((version) => version.metadataKey === key)) await this.#blobs.remove(key);
  }

  /** @throws InvalidChange if it exceeds the limit of metadata */
  async write(
    { datastoreId, imageSetId }: Pick<ImageSet, "datastoreId" | "imageSetId">,
    versionId: number,
    document: MetadataDocument,
  ): Promise<WrittenDocument> {
    const bytes = Buffer.from(JSON.stringify(document));
    const scope = this.#state.datastores.get(datastoreId) ?? { account: "", region: "" };
    const maxBytes = this.#quotas.limit("metadataBytes", scope);
    if (bytes.length > maxBytes) {
      throw new InvalidChange(
        `The metadata would have ${bytes.length} bytes, at most ${maxBytes} are allowed`,
      );
    }
    const key = metadataKey(datastoreId, imageSetId, versionId);
    await this.#blobs.write(key, bytes);
    return { metadataKey: key, metadataChecksum: checksumOf(bytes), dicomTags: dicomTagsOf(document) };
  }
}
