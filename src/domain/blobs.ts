/** Bytes that are kept as files of their own (frames, metadata documents): the domain's port. */
export interface Blobs {
  /** @throws where there is no such blob. */
  read(key: string): Promise<Uint8Array>;
  /** The blob is whole or absent, never half there. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Makes a blob of a file that lies in the storage's spool folder, and is there no more then. */
  take(key: string, path: string): Promise<void>;
  /** Does nothing where there is no such blob. */
  remove(key: string): Promise<void>;
}

/** Blobs whose length can be had without reading them. */
export interface MeasuredBlobs extends Blobs {
  /** @throws where there is no such blob. */
  byteLength(key: string): Promise<number>;
}

const ID = "[0-9a-z-]{1,64}";
const NUMBER = "(?:0|[1-9][0-9]{0,9})";
const KEY = new RegExp(
  `^datastores/${ID}/(?:frames/${ID}[.]jhc|image-sets/${ID}/(?:metadata|draft)-${NUMBER}[.]json)$`,
);

/** Keys are paths: of these forms, and of no other. */
export const isBlobKey = (key: string): boolean => KEY.test(key);

export const frameKey = (datastoreId: string, imageFrameId: string): string =>
  `datastores/${datastoreId}/frames/${imageFrameId}.jhc`;

export const metadataKey = (datastoreId: string, imageSetId: string, versionId: number): string =>
  `datastores/${datastoreId}/image-sets/${imageSetId}/metadata-${versionId}.json`;

/** A piece of a metadata document that is still being put together. */
export const draftKey = (datastoreId: string, imageSetId: string, page: number): string =>
  `datastores/${datastoreId}/image-sets/${imageSetId}/draft-${page}.json`;
