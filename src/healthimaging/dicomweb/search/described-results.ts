import type { Attributes, MetadataDocument } from "../../../domain/image-sets/metadata/metadata-document.ts";
import { tagOf } from "../../../imaging/dicom/dictionary/dictionary.ts";
import { writeDicomJson } from "../../../imaging/dicom/metadata/dicom-json.ts";
import { bulkDataUris } from "../bulk-data.ts";
import type { InstanceRequest } from "../find-instance.ts";
import { isPixelEncoding } from "../instance-file.ts";
import { selectFields, type FieldTree, type PrivateCreators } from "./included-fields.ts";
import type { SearchResult } from "./search-result.ts";

export interface DescriptionOptions {
  readonly documented: FieldTree | "all";
  readonly creators: PrivateCreators;
  readonly datastoreId: string;
  /** That the client called. */
  readonly endpoint: string;
}

/**
 * A result with attributes of its metadata document. Of instance attributes a study or series has those of an instance.
 * @param indexed what the index has of it
 */
export function describeResult(
  result: SearchResult,
  document: MetadataDocument,
  indexed: Attributes,
  { documented, creators, datastoreId, endpoint }: DescriptionOptions,
): string {
  const { attributes, vrs, ...uids } = attributesIn(document, result);
  const selected =
    documented === "all" ? withoutEncoding(attributes) : selectFields(attributes, documented, creators);
  const bulkDataUri = bulkDataUris({ datastoreId, ...uids }, endpoint);
  return writeDicomJson({ ...indexed, ...selected }, { vrs, bulkDataUri });
}

interface DescribedInstance extends Omit<InstanceRequest, "datastoreId"> {
  readonly attributes: Attributes;
  readonly vrs: Readonly<Record<string, string>>;
}

function attributesIn(
  { Patient, Study }: MetadataDocument,
  { study, series, instance }: SearchResult,
): DescribedInstance {
  const seriesInstanceUID = series?.seriesInstanceUID ?? Object.keys(Study.Series)[0] ?? "";
  const ofSeries = Study.Series[seriesInstanceUID];
  const sopInstanceUID = instance?.sopInstanceUID ?? Object.keys(ofSeries?.Instances ?? {})[0] ?? "";
  const found = ofSeries?.Instances[sopInstanceUID];
  return {
    studyInstanceUID: study.studyInstanceUID,
    seriesInstanceUID,
    sopInstanceUID,
    attributes: { ...found?.DICOM, ...ofSeries?.DICOM, ...Study.DICOM, ...Patient.DICOM },
    vrs: found?.DICOMVRs ?? {},
  };
}

/** Without pixel data and what describes their encoding in the imported file. */
const withoutEncoding = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(([name]) => {
      const tag = tagOf(name) ?? name;
      return !tag.startsWith("0002") && !isPixelEncoding(tag);
    }),
  );
