import { frameKey, type BlobChecksum, type StoredBlob } from "../blobs.ts";
import type { ImageSet, ImageSetVersion } from "./image-set.ts";

/** A frame of an image set, by its place in `frameIds`. */
export const storedFrame = (imageSet: ImageSet, index: number): StoredBlob => ({
  key: frameKey(imageSet.datastoreId, imageSet.frameIds[index] ?? ""),
  checksum: imageSet.frameChecksums?.[index] ?? undefined,
  imageSetId: imageSet.imageSetId,
});

export const storedMetadata = (
  { imageSetId }: Pick<ImageSet, "imageSetId">,
  { metadataKey, metadataChecksum }: Pick<ImageSetVersion, "metadataKey" | "metadataChecksum">,
): StoredBlob => ({ key: metadataKey, checksum: metadataChecksum, imageSetId });

export type Frames = Pick<ImageSet, "frameIds" | "frameChecksums">;

/** Frames that image sets share, with their known checksums. */
export function framesOf(frameIds: Iterable<string>, sources: readonly Frames[]): Required<Frames> {
  const known = new Map<string, BlobChecksum | null>();
  for (const source of sources)
    for (const [index, frameId] of source.frameIds.entries()) {
      const checksum = source.frameChecksums?.[index] ?? null;
      if (checksum !== null) known.set(frameId, checksum);
    }
  const ids = [...new Set(frameIds)];
  return { frameIds: ids, frameChecksums: ids.map((frameId) => known.get(frameId) ?? null) };
}
