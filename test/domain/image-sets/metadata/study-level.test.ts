import { expect, test } from "vitest";
import { studyLevelOf } from "../../../../src/domain/image-sets/metadata/study-level.ts";

const Series = { "1.2": { DICOM: { SeriesDescription: "x" } } };
const DICOM = { StudyDescription: "x" };
const Patient = { DICOM: { PatientSex: "O" } };

test.each([
  ["series alone", { Study: { Series } }, undefined],
  ["nothing", {}, undefined],
  ["study and series", { Study: { DICOM, Series } }, { SchemaVersion: 1.1, Study: { DICOM } }],
  ["patient and series", { Patient, Study: { Series } }, { SchemaVersion: 1.1, Patient }],
  ["patient", { Patient }, { SchemaVersion: 1.1, Patient }],
  ["a study that is not an object", { Study: 5 }, { SchemaVersion: 1.1, Study: 5 }],
])("the part of a payload with %s that a study shares", (_, payload, expected) => {
  expect(studyLevelOf({ SchemaVersion: 1.1, ...payload })).toEqual(expected);
});

test("there is none of a missing payload", () => {
  expect(studyLevelOf(undefined)).toBeUndefined();
});
