interface PublishedQuota {
  /** The name in Service Quotas, if it differs from the developer guide's. */
  readonly name?: string;
  /** Only adjustable quotas have a code. */
  readonly code?: string;
}

/** The name of each quota of the guide in Service Quotas (facts: limits#names-of-quotas). */
const PUBLISHED: Readonly<Record<string, PublishedQuota>> = {
  "Maximum concurrent CopyImageSet requests per data store": { code: "L-0D1B2633" },
  "Maximum concurrent DeleteImageSet requests per data store": { code: "L-2020885D" },
  "Maximum concurrent UpdateImageSetMetadata requests per data store": { code: "L-8588E9BF" },
  "Maximum concurrent import jobs per data store": { code: "L-23763099" },
  "Maximum data stores": { code: "L-8829B870" },
  "Maximum ImageFrames copied per CopyImageSet request": {
    name: "Maximum number of ImageFrames allowed to be copied per CopyImageSet request",
    code: "L-164416ED",
  },
  "Maximum files in a DICOM import job": {
    name: "Maximum number of files in a DICOM import job",
    code: "L-685AAB3A",
  },
  "Maximum nested folders in a DICOM import job": {
    name: "Maximum number of nested folders in a DICOM import job",
  },
  "Maximum payload size accepted by UpdateImageSetMetadata": {
    name: "Maximum payload size limit (in KB) accepted by UpdateImageSetMetadata",
    code: "L-A880A4C2",
  },
  "Maximum size of all files in a DICOM import job": {
    name: "Maximum size (in GB) of all files in a DICOM import job",
  },
  "Maximum size of each DICOM P10 file in a DICOM import job": {
    name: "Maximum size (in GB) of each DICOM P10 file in a DICOM import job",
  },
  "Maximum ImageSetMetadata size per import, copy and UpdateImageSet": {
    name: "Maximum size limit (in MB) on ImageSetMetadata per Import, Copy, and UpdateImageSet",
    code: "L-AD2C6765",
  },
};

/** Aliases of quotas, with the names that tables and answers use. */
export const QUOTA_ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries(PUBLISHED).flatMap(([ours, { name, code }]) =>
    [name, code].filter((alias) => alias !== undefined).map((alias) => [alias, ours] as const),
  ),
);

/** The name that tables and answers use. A name that is not an alias is returned as it is. */
export const nameOfQuota = (name: string): string => QUOTA_ALIASES.get(name) ?? name;
