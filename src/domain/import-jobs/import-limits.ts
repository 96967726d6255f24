import type { Scope } from "../../api/arns.ts";
import type { Quotas } from "../limits/quotas.ts";

/** The limits of one import job. Assumed: exact-import-limits. Exactly the limit is still allowed. */
export interface ImportLimits {
  readonly maxFiles: number;
  /** Bytes of all files of a job. */
  readonly maxTotalBytes: number;
  /** Below the input folder, at any depth. */
  readonly maxFolders: number;
  readonly maxFileBytes: number;
  /** Of the metadata document of one image set. Assumed: metadata-size. It is counted before compression. */
  readonly maxMetadataBytes: number;
}

/** The current quotas. */
export const importLimits = (quotas: Quotas, scope: Scope): ImportLimits => ({
  maxFiles: quotas.limit("filesPerImportJob", scope),
  maxTotalBytes: quotas.limit("importJobBytes", scope),
  maxFolders: quotas.limit("foldersPerImportJob", scope),
  maxFileBytes: quotas.limit("importFileBytes", scope),
  maxMetadataBytes: quotas.limit("metadataBytes", scope),
});
