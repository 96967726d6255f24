import type { Scope } from "../../api/arns.ts";
import type { Quotas } from "../limits/quotas.ts";

/** How much one import job takes. Assumed: exact-import-limits. What is exactly as much as a limit passes. */
export interface ImportLimits {
  readonly maxFiles: number;
  /** Bytes of all files of a job. */
  readonly maxTotalBytes: number;
  /** Below the input folder, at whatever depth. */
  readonly maxFolders: number;
  readonly maxFileBytes: number;
  /** Of the metadata document of one image set. Assumed: metadata-size. It is counted before compression. */
  readonly maxMetadataBytes: number;
}

/** As the quotas are now. */
export const importLimits = (quotas: Quotas, scope: Scope): ImportLimits => ({
  maxFiles: quotas.limit("filesPerImportJob", scope),
  maxTotalBytes: quotas.limit("importJobBytes", scope),
  maxFolders: quotas.limit("foldersPerImportJob", scope),
  maxFileBytes: quotas.limit("importFileBytes", scope),
  maxMetadataBytes: quotas.limit("metadataBytes", scope),
});
