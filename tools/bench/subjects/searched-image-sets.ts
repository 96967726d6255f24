import type { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { DATASTORE_ID, START } from "./image-sets.ts";

export interface Shape {
  /** Instances. */
  readonly inSeries: number;
  /** Series. */
  readonly inStudy: number;
}

/** Primary image sets with this number of instances, and their metadata documents by key. */
export function createSearched(
  state: MemoryState,
  count: number,
  { inSeries, inStudy }: Shape,
): Map<string, Uint8Array> {
  const documents = new Map<string, Uint8Array>();
  for (let series = 0; series < Math.ceil(count / inSeries); series++) {
    const imageSetId = String(series).padStart(32, "0");
    documents.set(imageSetId, Buffer.from(JSON.stringify(documentOf(imageSetId, series, inSeries, inStudy))));
    state.imageSets.load({
      imageSetId,
      datastoreId: DATASTORE_ID,
      createdAt: START,
      deletedAt: null,
      versions: [
        {
          versionId: 1,
          imageSetState: "ACTIVE",
          imageSetWorkflowStatus: "CREATED",
          updatedAt: START + ((series * 7_919) % 10_007),
          message: null,
          metadataKey: imageSetId,
          dicomTags: {},
        },
      ],
      frameIds: [],
      tags: {},
      isPrimary: true,
    });
  }
  return documents;
}

const digits = (number: number, length: number): string => String(number).padStart(length, "0");

function documentOf(imageSetId: string, series: number, inSeries: number, inStudy: number) {
  const study = Math.floor(series / inStudy);
  const StudyInstanceUID = `1.3.6.1.4.1.14519.5.2.1.7009.2403.${100_000_000 + study}`;
  const SeriesInstanceUID = `${StudyInstanceUID}.${series}`;
  const instances = Array.from({ length: inSeries }, (_, index) => {
    const SOPInstanceUID = `${SeriesInstanceUID}.${index}`;
    return [SOPInstanceUID, { DICOM: instanceOf(SOPInstanceUID, index), DICOMVRs: {}, ImageFrames: [] }];
  });
  const DICOM = {
    SeriesInstanceUID,
    SeriesNumber: String(1 + (series % inStudy)),
    Modality: series % 2 === 0 ? "CT" : "MR",
    SeriesDescription: "axial",
  };
  const Series = { [SeriesInstanceUID]: { DICOM, Instances: Object.fromEntries(instances) as object } };
  return {
    SchemaVersion: "1.1",
    DatastoreID: DATASTORE_ID,
    ImageSetID: imageSetId,
    Patient: { DICOM: patientOf(study) },
    Study: { DICOM: studyOf(StudyInstanceUID, study), Series },
  };
}

const patientOf = (study: number) => ({
  PatientID: `P${digits(study, 6)}`,
  PatientName: `Name${study % 977}^Given${study}`,
  PatientBirthDate: "19700101",
  PatientSex: "F",
});

const studyOf = (StudyInstanceUID: string, study: number) => ({
  StudyInstanceUID,
  StudyDate: `2024${digits(1 + (study % 12), 2)}${digits(1 + (study % 28), 2)}`,
  StudyTime: "101500",
  AccessionNumber: `A${study}`,
  StudyDescription: "CT CHEST",
  ReferringPhysicianName: "House^Gregory",
  StudyID: String(study),
});

const instanceOf = (SOPInstanceUID: string, index: number) => ({
  SOPClassUID: "1.2.840.10008.5.1.4.1.1.2",
  SOPInstanceUID,
  ImageType: ["ORIGINAL", "PRIMARY", "AXIAL"],
  InstanceNumber: String(index + 1),
  ImagePositionPatient: ["-125.0", "-180.0", String(index)],
  SliceThickness: "1.5",
  Rows: 512,
  Columns: 512,
  BitsAllocated: 16,
});
