import { crc32 } from "node:zlib";

/** Length in bytes and CRC-32 (ISO 3309, as in PNG and gzip) of a blob: `1234-89abcdef`. */
export type BlobChecksum = string;

/** A blob as an image set refers to it. */
export interface StoredBlob {
  readonly key: string;
  /** Undefined if none is known yet: 0.1.0 stored none. */
  readonly checksum: BlobChecksum | undefined;
  readonly imageSetId: string;
}

/** A blob of an image set is missing or damaged. The emulator cannot repair it. */
export class UnreadableBlob extends Error {
  /** In ASCII, for a header: the file, relative to the data folder, the image set and the remedy. */
  readonly hint: string;

  /**
   * @param what the fault, as a phrase after the name of the file
   * @param path for the log
   */
  constructor({ key, imageSetId }: StoredBlob, what: string, path: string, cause?: unknown) {
    const told = (file: string): string =>
      `image set ${imageSetId}: ${file} ${what}. ` +
      "Delete the image set and import its files again, or restore a snapshot";
    super(told(path), { cause });
    this.hint = told(key);
  }
}

/** Bytes that are stored as separate files (frames, metadata documents): a port of the domain. */
export interface Blobs {
  /**
   * @param stored what the bytes are checked against at their first read; left out, they are not checked
   * @throws if the blob does not exist or is damaged: UnreadableBlob, if `stored` says which image set has it
   */
  read(key: string, stored?: StoredBlob): Promise<Uint8Array>;
  /**
   * The blob is complete or absent, never partial. Once the write resolves, the caller may change the bytes.
   */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Moves a file from the storage's spool folder, which then no longer has it. */
  take(key: string, path: string): Promise<void>;
  /** Does nothing if the blob does not exist. */
  remove(key: string): Promise<void>;
}

/** Blobs whose length is available without reading them. */
export interface MeasuredBlobs extends Blobs {
  /** @throws if the blob does not exist */
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

/** Keys are paths of these forms only. */
export const isBlobKey = (key: string): boolean => KEY.test(key);

export const frameKey = (datastoreId: string, imageFrameId: string): string =>
  `datastores/${datastoreId}/frames/${imageFrameId}.jhc`;

export const metadataKey = (datastoreId: string, imageSetId: string, versionId: number): string =>
  `datastores/${datastoreId}/image-sets/${imageSetId}/metadata-${versionId}.json`;

/** A part of a metadata document that is not complete yet. */
export const draftKey = (datastoreId: string, imageSetId: string, page: number): string =>
  `datastores/${datastoreId}/image-sets/${imageSetId}/draft-${page}.json`;
