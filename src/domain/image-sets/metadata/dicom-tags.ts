import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import type { Attributes, MetadataDocument } from "./metadata-document.ts";

/** Attributes of a document that searches match and return. */
export function dicomTagsOf({ Patient, Study }: Pick<MetadataDocument, "Patient" | "Study">): DICOMTags {
  const patient = (keyword: string): string | undefined => text(Patient.DICOM, keyword);
  const study = (keyword: string): string | undefined => text(Study.DICOM, keyword);
  const [series] = Object.values(Study.Series);
  return {
    DICOMPatientId: patient("PatientID"),
    DICOMPatientName: patient("PatientName"),
    DICOMPatientBirthDate: patient("PatientBirthDate"),
    DICOMPatientSex: patient("PatientSex"),
    DICOMStudyInstanceUID: study("StudyInstanceUID"),
    DICOMStudyId: study("StudyID"),
    DICOMStudyDescription: study("StudyDescription"),
    DICOMAccessionNumber: study("AccessionNumber"),
    DICOMStudyDate: study("StudyDate"),
    DICOMStudyTime: study("StudyTime"),
    DICOMSeriesInstanceUID: text(series?.DICOM, "SeriesInstanceUID"),
    DICOMSeriesModality: text(series?.DICOM, "Modality"),
    DICOMSeriesBodyPart: text(series?.DICOM, "BodyPartExamined"),
    DICOMSeriesNumber: integer(text(series?.DICOM, "SeriesNumber")),
    // Assumed: related-counts. Counted within the image set: the captured set of one instance has 1
    // (facts: search#result).
    DICOMNumberOfStudyRelatedSeries: Object.keys(Study.Series).length,
    DICOMNumberOfStudyRelatedInstances: Object.keys(series?.Instances ?? {}).length,
  };
}

/** Assumed: search-several-values. They are found in the file's form, with backslashes between them. */
function text(attributes: Attributes | undefined, keyword: string): string | undefined {
  const value = attributes?.[keyword];
  if (Array.isArray(value)) return value.join("\\");
  return typeof value === "string" ? value : undefined;
}

function integer(value: string | undefined): number | undefined {
  const number = value === undefined || value.trim() === "" ? Number.NaN : Number(value);
  return Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : undefined;
}
