import type { Quotas } from "./quotas.ts";

/** How much one import job takes; what is exactly as much as a limit passes (Assumed). */
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

/** As the quotas are now. */
export const importLimits = (quotas: Quotas, region: string): ImportLimits => ({
  maxFiles: quotas.limit("filesPerImportJob", region),
  maxTotalBytes: quotas.limit("importJobBytes", region),
  maxFolders: quotas.limit("foldersPerImportJob", region),
  maxFileBytes: quotas.limit("importFileBytes", region),
  maxMetadataBytes: quotas.limit("metadataBytes", region),
});
