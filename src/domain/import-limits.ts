const MEGABYTE = 2 ** 20;
const GIGABYTE = 2 ** 30;

/**
 * How much one import job takes (service quotas of the 2024-05 guide).
 * Assumed: units are powers of 2, and what is exactly as much as a limit passes.
 */
export interface ImportLimits {
  readonly maxFiles: number;
  /** Of all files of a job. */
  readonly maxTotalBytes: number;
  /** Below the input folder, at whatever depth. */
  readonly maxFolders: number;
  readonly maxFileBytes: number;
  /** Of the metadata document of one image set, before compression (Assumed). */
  readonly maxMetadataBytes: number;
}

export const DEFAULT_IMPORT_LIMITS: ImportLimits = {
  maxFiles: 5_000,
  maxTotalBytes: 10 * GIGABYTE,
  maxFolders: 10_000,
  maxFileBytes: 4 * GIGABYTE,
  maxMetadataBytes: 50 * MEGABYTE,
};
