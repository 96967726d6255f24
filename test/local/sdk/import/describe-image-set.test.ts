import { expect, test } from "vitest";
import { describeImageSet } from "../../../../src/local/sdk/import/describe-image-set.ts";
import type {
  Attributes,
  MetadataDocument,
} from "../../../../src/domain/image-sets/metadata/metadata-document.ts";

type Series = MetadataDocument["Study"]["Series"];

const documentOf = (patient: Attributes, study: Attributes, series: Series): MetadataDocument => ({
  SchemaVersion: "1.1",
  DatastoreID: "d",
  ImageSetID: "i",
  Patient: { DICOM: patient },
  Study: { DICOM: study, Series: series },
});
const FRAME = {
  ID: "f",
  PixelDataChecksumFromBaseToFullResolution: [],
  MinPixelValue: 0,
  MaxPixelValue: 1,
  FrameSizeInBytes: 1,
};
const instanceOf = (frameCount: number) => ({
  DICOM: {},
  DICOMVRs: {},
  ImageFrames: Array.from({ length: frameCount }, () => FRAME),
});

test("an image set is described by its patient, its series and its content", () => {
  const DICOM = { Modality: "CT", SeriesDescription: "thorax" };
  const series = { "1.2": { DICOM, Instances: { "1.2.1": instanceOf(2), "1.2.2": instanceOf(3) } } };
  expect(describeImageSet(documentOf({ PatientID: "p" }, { StudyDescription: "whole" }, series))).toEqual({
    imageSetId: "i",
    patientId: "p",
    modality: "CT",
    description: "thorax",
    instances: 2,
    frames: 5,
  });
});

test("a series without a description is described by that of its study", () => {
  const series = { "1.2": { DICOM: { SeriesDescription: null }, Instances: {} } };
  const { description } = describeImageSet(documentOf({}, { StudyDescription: "whole" }, series));
  expect(description).toBe("whole");
});

test.each([
  ["no series", {}],
  ["a series without attributes", { "1.2": { DICOM: {}, Instances: {} } }],
])("a dash stands for what is not known of an image set with %s", (_, series) => {
  expect(describeImageSet(documentOf({ PatientID: null }, {}, series))).toEqual({
    imageSetId: "i",
    patientId: "-",
    modality: "-",
    description: "-",
    instances: 0,
    frames: 0,
  });
});
