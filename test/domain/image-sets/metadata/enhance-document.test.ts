import { describe, expect, test } from "vitest";
import { enhanceDocument } from "../../../../src/domain/image-sets/metadata/enhance-document.ts";
import type { MetadataAddition } from "../../../../src/domain/image-sets/metadata/json-metadata.ts";
import type { MetadataDocument } from "../../../../src/domain/image-sets/metadata/metadata-document.ts";

const instance = (uid: string) => ({
  DICOM: { SOPClassUID: "1.2", SOPInstanceUID: uid, InstanceNumber: "1" },
  DICOMVRs: { "00091001": "LO" },
  ImageFrames: [],
});
const DOCUMENT: MetadataDocument = {
  SchemaVersion: "1.1",
  DatastoreID: "d",
  ImageSetID: "i",
  Patient: { DICOM: { PatientName: "A^B", PatientID: "P" } },
  Study: {
    DICOM: { StudyInstanceUID: "1.3", StudyDescription: "CHEST" },
    Series: {
      "1.4": {
        DICOM: { Modality: "CT", SeriesInstanceUID: "1.4" },
        Instances: { "1.4.1": instance("1.4.1"), "1.4.2": instance("1.4.2") },
      },
    },
  },
};

const addition = (members: Partial<MetadataAddition>): MetadataAddition => ({
  studyInstanceUID: "1.3",
  seriesInstanceUID: undefined,
  sopInstanceUID: undefined,
  patient: {},
  study: {},
  series: {},
  instance: {},
  headVrs: {},
  instanceVrs: {},
  ...members,
});

const enhanced = (...additions: MetadataAddition[]): MetadataDocument =>
  enhanceDocument(DOCUMENT, additions).document;

describe("a document with JSON metadata", () => {
  test("has the added elements at their levels in the order of tags, and keeps the others", () => {
    const { Patient, Study } = enhanced(
      addition({
        patient: { PatientBirthDate: "19700101", PatientName: "C^D" },
        study: { StudyDate: "20260101" },
        series: { BodyPartExamined: "CHEST" },
      }),
    );
    expect(Object.entries(Patient.DICOM)).toEqual([
      ["PatientName", "C^D"],
      ["PatientID", "P"],
      ["PatientBirthDate", "19700101"],
    ]);
    expect(Object.keys(Study.DICOM)).toEqual(["StudyDate", "StudyDescription", "StudyInstanceUID"]);
    expect(Study.Series["1.4"]?.DICOM).toEqual({
      Modality: "CT",
      BodyPartExamined: "CHEST",
      SeriesInstanceUID: "1.4",
    });
    expect(Study.Series["1.4"]?.Instances).toEqual(DOCUMENT.Study.Series["1.4"]?.Instances);
  });

  test("has elements of an instance at the one with its UID alone", () => {
    const { Study } = enhanced(
      addition({
        sopInstanceUID: "1.4.2",
        instance: { InstanceNumber: null, "00091001": "x", "00091002": 3 },
        instanceVrs: { "00091001": "SH", "00091002": "US" },
      }),
    );
    const { "1.4.1": first, "1.4.2": second } = Study.Series["1.4"]?.Instances ?? {};
    expect(first).toEqual(instance("1.4.1"));
    expect(second?.DICOM).toMatchObject({ SOPInstanceUID: "1.4.2", InstanceNumber: null, "00091001": "x" });
    expect(second?.DICOMVRs).toEqual({ "00091001": "SH", "00091002": "US" });
  });

  test("forgets the VRs within a sequence that is replaced, in each instance", () => {
    const { "1.4": series } = DOCUMENT.Study.Series;
    const within = { "RequestAttributesSequence.0.00081030": "SH", "00291001": "LO" };
    const Instances = Object.fromEntries(
      Object.entries(series?.Instances ?? {}).map(([uid, one]) => [uid, { ...one, DICOMVRs: within }]),
    );
    const before = {
      ...DOCUMENT,
      Study: { ...DOCUMENT.Study, Series: { "1.4": { DICOM: series?.DICOM ?? {}, Instances } } },
    };
    const added = addition({
      series: { RequestAttributesSequence: [{ "00291002": "1" }] },
      headVrs: { "00291002": "DS" },
    });
    const { document } = enhanceDocument(before, [added]);
    const vrs = Object.values(document.Study.Series["1.4"]?.Instances ?? {}).map(({ DICOMVRs }) => DICOMVRs);
    const expected = { "00291001": "LO", "00291002": "DS" };
    expect(vrs).toEqual([expected, expected]);
  });

  test("takes the last of several additions", () => {
    const [one, other] = ["one", "other"].map((text) => addition({ study: { StudyDescription: text } }));
    const both = [one, other].flatMap((each) => each ?? []);
    expect(enhanced(...both).Study.DICOM["StudyDescription"]).toBe("other");
  });

  test.each<[string, Partial<MetadataAddition>]>([
    ["study", { studyInstanceUID: "9" }],
    ["series", { seriesInstanceUID: "9" }],
    ["instance", { sopInstanceUID: "9" }],
    ["instance with the name of a property", { sopInstanceUID: "constructor" }],
  ])("is left as it is by an addition for another %s", (_, other) => {
    const stray = addition({ ...other, patient: { PatientName: "X" } });
    const { document, added } = enhanceDocument(DOCUMENT, [stray]);
    expect(document).toBe(DOCUMENT);
    expect(added.size).toBe(0);
  });

  test("has its own additions, of any others", () => {
    const mine = addition({
      seriesInstanceUID: "1.4",
      sopInstanceUID: "1.4.1",
      patient: { PatientName: "M" },
    });
    const stray = addition({ seriesInstanceUID: "9", patient: { PatientName: "X" } });
    const { document, added } = enhanceDocument(DOCUMENT, [mine, stray]);
    expect(document.Patient.DICOM["PatientName"]).toBe("M");
    expect([...added]).toEqual([mine]);
  });

  test("has many additions as fast as few of them for each instance", () => {
    const uids = Array.from({ length: 5_000 }, (_, index) => `1.4.${index}`);
    const Instances = Object.fromEntries(uids.map((uid) => [uid, instance(uid)]));
    const large = { ...DOCUMENT, Study: { ...DOCUMENT.Study, Series: { "1.4": { DICOM: {}, Instances } } } };
    const additions = uids.map((uid) => addition({ sopInstanceUID: uid, instance: { InstanceNumber: uid } }));
    const { document, added } = enhanceDocument(large, additions);
    expect(added.size).toBe(5_000);
    expect(document.Study.Series["1.4"]?.Instances["1.4.4999"]?.DICOM["InstanceNumber"]).toBe("1.4.4999");
  });
});
