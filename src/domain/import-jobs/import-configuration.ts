import { ServiceError } from "../../api/errors.ts";

/** The files whose JSON metadata a job merges, in the form of the API (facts: import-jobs#json-metadata). */
export interface ImportConfiguration {
  readonly dicomJsonMetadataImportConfiguration: {
    readonly dicomMetadataMappings: readonly MetadataMapping[];
  };
}

export interface MetadataMapping {
  readonly studyInstanceUID: string;
  /** Of a mapping for one series. */
  readonly seriesInstanceUID?: string;
  /** Relative to the input folder. */
  readonly metadataFilePath: string;
}

export const mappingsOf = (configuration: ImportConfiguration | undefined): readonly MetadataMapping[] =>
  configuration?.dicomJsonMetadataImportConfiguration.dicomMetadataMappings ?? [];

/**
 * Assumed: metadata-file-paths. A path names a file below the input folder: an empty segment, `.` and `..` are
 * refused at once.
 * @throws ServiceError ValidationException
 */
export function checkMetadataPaths(configuration: ImportConfiguration | undefined): void {
  for (const [index, { metadataFilePath }] of mappingsOf(configuration).entries()) {
    const segments = metadataFilePath.split("/");
    if (!segments.some((segment) => segment === "" || segment === "." || segment === "..")) continue;
    throw new ServiceError(
      "ValidationException",
      `metadataFilePath of mapping ${index + 1} does not name a file below inputS3Uri`,
      { hint: "expected a path relative to inputS3Uri, such as metadata/study.json" },
    );
  }
}
