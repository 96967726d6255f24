import { crc32 } from "node:zlib";

/** Length in bytes and CRC-32 (ISO 3309, as in PNG and gzip) of a blob: `1234-89abcdef`. */
export type BlobChecksum = string;

/** A blob as an image set refers to it. */
export interface StoredBlob {
  readonly key: string;
  /** Undefined where none is known yet: 0.1.0 kept none. */
  readonly checksum: BlobChecksum | undefined;
  readonly imageSetId: string;
}

/** Says that a blob of an image set is not there as it was written: nothing here can repair it. */
export class UnreadableBlob extends Error {
  /** In ASCII, for a header: the file, relative to the data, the image set and the remedy. */
  readonly hint: string;

  /** @param what is wrong, after the name of the file. @param path for the log */
  constructor({ key, imageSetId }: StoredBlob, what: string, path: string, cause?: unknown) {
    const told = (file: string): string =>
      `image set ${imageSetId}: ${file} ${what}. ` +
      "Delete the image set and import its files again, or restore a snapshot";
    super(told(path), { cause });
    this.hint = told(key);
  }
}

/** Bytes that are kept as files of their own (frames, metadata documents): the domain's port. */
export interface Blobs {
  /**
   * @param stored what the bytes are checked by when they are read first; nothing is, where it is left out
   * @throws where the blob does not exist or is damaged: UnreadableBlob, where `stored` says whose it is
   */
  read(key: string, stored?: StoredBlob): Promise<Uint8Array>;
  /** The blob is whole or absent, never half there. Once it resolves the bytes are the caller's again. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Makes a blob of a file that lies in the storage's spool folder, and is there no more then. */
  take(key: string, path: string): Promise<void>;
  /** Does nothing if the blob does not exist. */
  remove(key: string): Promise<void>;
}

/** Blobs whose length can be had without reading them. */
export interface MeasuredBlobs extends Blobs {
  /** @throws where the blob does not exist */
  byteLength(key: string, stored?: StoredBlob): Promise<number>;
}

export const checksumOf = (bytes: Uint8Array): BlobChecksum => formatChecksum(bytes.length, crc32(bytes));

export const formatChecksum = (byteLength: number, crc: number): BlobChecksum =>
  `${byteLength}-${crc.toString(16).padStart(8, "0")}`;

export const byteLengthOf = (checksum: BlobChecksum): number =>
  Number(checksum.slice(0, checksum.indexOf("-")));

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
