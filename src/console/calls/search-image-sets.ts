import { callApi, type FoundImageSet } from "./medical-imaging-api.ts";

/** An attribute that SearchImageSets filters by, and what the form asks for. */
export interface SearchAttribute {
  readonly name: string;
  readonly label: string;
  readonly kind: "text" | "time" | "studyDate" | "boolean";
}

/** All of the API; `isPrimary` only of releases with primary image sets. */
export const SEARCH_ATTRIBUTES: readonly SearchAttribute[] = [
  { name: "DICOMPatientId", label: "Patient ID", kind: "text" },
  { name: "DICOMAccessionNumber", label: "Accession number", kind: "text" },
  { name: "DICOMStudyId", label: "Study ID", kind: "text" },
  { name: "DICOMStudyInstanceUID", label: "Study instance UID", kind: "text" },
  { name: "DICOMSeriesInstanceUID", label: "Series instance UID", kind: "text" },
  { name: "DICOMStudyDateAndTime", label: "Study date", kind: "studyDate" },
  { name: "createdAt", label: "Created", kind: "time" },
  { name: "updatedAt", label: "Updated", kind: "time" },
  { name: "isPrimary", label: "Primary", kind: "boolean" },
];

export const SEARCH_SORT_FIELDS = ["updatedAt", "createdAt", "DICOMStudyDateAndTime"] as const;

export interface ImageSetSearch {
  /** Undefined: every image set. */
  readonly attribute: SearchAttribute | undefined;
  readonly from: string;
  /** Of a range; empty for an equal value. */
  readonly to: string;
  readonly sortField: string;
  readonly sortOrder: string;
}

export interface SearchPage {
  readonly imageSetsMetadataSummaries: readonly FoundImageSet[];
  readonly nextToken?: string | null;
}

/** One page of SearchImageSets. */
export function searchImageSets(
  datastoreId: string,
  search: ImageSetSearch,
  nextToken: string | undefined,
): Promise<SearchPage> {
  const query = new URLSearchParams({ maxResults: "20", ...(nextToken !== undefined && { nextToken }) });
  return callApi("POST", `/datastore/${datastoreId}/searchImageSets?${query.toString()}`, criteriaOf(search));
}

/** The body of a search: a CLI's `--search-criteria`. */
export function criteriaOf({ attribute, from, to, sortField, sortOrder }: ImageSetSearch): object {
  const sort = sortField === "" ? {} : { sort: { sortField, sortOrder } };
  if (attribute === undefined || from === "") return sort;
  const isRange = attribute.kind === "time" || attribute.kind === "studyDate";
  const values = isRange ? [from, to === "" ? from : to] : [from];
  const filter = {
    operator: isRange ? "BETWEEN" : "EQUAL",
    values: values.map((value, index) => ({ [attribute.name]: valueOf(attribute, value, index === 1) })),
  };
  return { filters: [filter], ...sort };
}

/** A range ends with the whole of its last day. */
function valueOf({ kind }: SearchAttribute, value: string, isEnd: boolean): unknown {
  if (kind === "boolean") return value === "true";
  if (kind === "time") return Date.parse(`${value}T${isEnd ? "23:59:59" : "00:00:00"}Z`) / 1_000;
  if (kind === "studyDate")
    return { DICOMStudyDate: value.replaceAll("-", ""), DICOMStudyTime: isEnd ? "235959.999" : "000000.000" };
  return value;
}
