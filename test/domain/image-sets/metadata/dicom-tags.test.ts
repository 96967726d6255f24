import { expect, test } from "vitest";
import { dicomTagsOf } from "../../../../src/domain/image-sets/metadata/dicom-tags.ts";
import type { Attributes } from "../../../../src/domain/image-sets/metadata/metadata-document.ts";

const tagsOf = (series: Attributes) =>
  dicomTagsOf({
    Patient: { DICOM: {} },
    Study: { DICOM: {}, Series: { "1.2": { DICOM: series, Instances: {} } } },
  });

test("several values of an attribute are found as the file has them", () => {
  expect(tagsOf({ BodyPartExamined: ["CHEST", "ABDOMEN"] }).DICOMSeriesBodyPart).toBe("CHEST\\ABDOMEN");
});

test.each([
  ["7", 7],
  [" -7 ", -7],
  ["2147483647", 2_147_483_647],
  ["2147483648", undefined],
  ["1.5", undefined],
  [" ", undefined],
  ["seven", undefined],
  [null, undefined],
])("a SeriesNumber of %j is found as %j", (value, expected) => {
  expect(tagsOf({ SeriesNumber: value }).DICOMSeriesNumber).toBe(expected);
});

test("a study without a series has neither series nor instances", () => {
  expect(dicomTagsOf({ Patient: { DICOM: {} }, Study: { DICOM: {}, Series: {} } })).toMatchObject({
    DICOMNumberOfStudyRelatedSeries: 0,
    DICOMNumberOfStudyRelatedInstances: 0,
  });
});
