/** A page of AWS's developer guide. */
export const guide = (page: string): string =>
  `https://docs.aws.amazon.com/healthimaging/latest/devguide/${page}.html`;

/** A page of AWS's API reference. */
export const reference = (page: string): string =>
  `https://docs.aws.amazon.com/healthimaging/latest/APIReference/${page}.html`;

export const IGNORED_INPUT = "Ignored, and reported as ignored.";

/** Tests that show the behaviours. */
export const TESTS = {
  models: "test/api/releases/models.test.ts",
  limits: "test/contract/releases/limits.test.ts",
  ignored: "test/contract/releases/ignored.test.ts",
  merges: "test/contract/releases/merges.test.ts",
  imports: "test/contract/releases/imports.test.ts",
  warnings: "test/contract/releases/warnings.test.ts",
  updates: "test/contract/releases/updates.test.ts",
  common: "test/contract/releases/common.test.ts",
  statuses: "test/contract/releases/statuses.test.ts",
  study: "test/contract/releases/study-updates.test.ts",
  copies: "test/contract/releases/copies.test.ts",
  jsonMetadata: "test/contract/releases/json-metadata/json-metadata.test.ts",
  imageSets: "test/contract/releases/image-sets.test.ts",
  dicomweb: "test/contract/releases/dicomweb.test.ts",
} as const;
