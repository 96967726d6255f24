/** Quotas on one request that changes an image set (service-facts 8). */
export interface ImageSetLimits {
  /** Of both payloads of UpdateImageSetMetadata together, decoded. */
  readonly maxUpdatePayloadBytes: number;
  readonly maxFramesPerCopy: number;
  /** Of a metadata document, as it is stored. */
  readonly maxMetadataBytes: number;
}

export const DEFAULT_IMAGE_SET_LIMITS: ImageSetLimits = {
  maxUpdatePayloadBytes: 10 * 1024,
  maxFramesPerCopy: 1_000,
  maxMetadataBytes: 50 * 1024 * 1024,
};
