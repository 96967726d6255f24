import type { Throttle } from "../limits/published-limits.ts";

/**
 * An operation of DICOMweb. No SDK has them, so AWS's service model has none of them: everything that knows operations
 * reads this table. Their IAM actions have the same names (facts: dicomweb#iam-actions).
 */
export interface DicomwebOperation {
  readonly name: string;
  readonly method: "GET" | "POST";
  /** Below `/datastore/{datastoreId}`. */
  readonly path: string;
  /** Its launch (ISO 8601): a service release has the operations that were launched until then. */
  readonly launched: string;
  readonly throttle: Throttle;
  /** What it may be asked, besides its path: one image set, or the keys of a search. */
  readonly query: "imageSetId" | "search" | "none";
  /** The emulator does not have it in any release. */
  readonly isMissing?: true;
}

/** Assumed: dicomweb-throttles. AWS publishes none for bulk data, searches and storing. */
const RETRIEVE: Throttle = { rate: 50, burst: 100 };
const SEARCH: Throttle = { rate: 25, burst: 50 };

const STUDY = "/studies/{studyInstanceUID}";
const SERIES = `${STUDY}/series/{seriesInstanceUID}`;
const INSTANCE = `${SERIES}/instances/{sopInstanceUID}`;

const retrieve = (name: string, path: string, launched: string): DicomwebOperation => ({
  name,
  method: "GET",
  path,
  launched,
  throttle: RETRIEVE,
  query: "imageSetId",
});

const search = (name: string, path: string, launched: string): DicomwebOperation => ({
  name,
  method: "GET",
  path,
  launched,
  throttle: SEARCH,
  query: "search",
});

const store = (name: string, path: string): DicomwebOperation => ({
  name,
  method: "POST",
  path,
  launched: "2025-06-30",
  throttle: RETRIEVE,
  query: "none",
  isMissing: true,
});

/** All operations of DICOMweb on AWS, of every release (facts: dicomweb#operations). */
export const DICOMWEB_OPERATIONS: readonly DicomwebOperation[] = [
  retrieve("GetDICOMInstance", INSTANCE, "2024-05-15"),
  retrieve("GetDICOMInstanceMetadata", `${INSTANCE}/metadata`, "2024-07-11"),
  retrieve("GetDICOMInstanceFrames", `${INSTANCE}/frames/{frameList}`, "2024-07-11"),
  retrieve("GetDICOMSeriesMetadata", `${SERIES}/metadata`, "2025-05-22"),
  retrieve("GetDICOMBulkdata", `${INSTANCE}/bulkdata/{bulkdataId}`, "2025-06-30"),
  search("SearchDICOMStudies", "/studies", "2025-05-22"),
  search("SearchDICOMSeries", `${STUDY}/series`, "2025-05-22"),
  search("SearchDICOMInstances", `${SERIES}/instances`, "2025-05-22"),
  search("SearchDICOMAllSeries", "/series", "2026-06-30"),
  search("SearchDICOMAllInstances", "/instances", "2026-06-30"),
  search("SearchDICOMStudyInstances", `${STUDY}/instances`, "2026-06-30"),
  store("StoreDICOM", "/studies"),
  store("StoreDICOMStudy", STUDY),
];

/** Names of DICOMweb's operations, which scenarios also call `dicomweb:NAME`. */
export const isDicomwebOperation = (name: string): boolean =>
  DICOMWEB_OPERATIONS.some((operation) => operation.name === name);

/** Which operations are served. */
export interface DicomwebChoice {
  /** The date of the service: it has what was launched until then. */
  readonly launchedUntil: string;
  /** Also those that read and came later. */
  readonly opensReading?: boolean | undefined;
}

/** The operations that are served, in the order of the table. */
export const servedDicomweb = ({ launchedUntil, opensReading }: DicomwebChoice): DicomwebOperation[] =>
  DICOMWEB_OPERATIONS.filter(
    ({ launched, method, isMissing }) =>
      isMissing !== true && (launched <= launchedUntil || (opensReading === true && method === "GET")),
  );
