import { describe, expect, test } from "vitest";
import { checkImportConstraints } from "../../../../src/imaging/dicom/metadata/import-constraints.ts";
import { InvalidChange, changeMessageOf } from "../../../../src/domain/image-sets/metadata/invalid-change.ts";
import type { MetadataDocument } from "../../../../src/domain/image-sets/metadata/metadata-document.ts";
import { updateDocument } from "../../../../src/domain/image-sets/metadata/metadata-update.ts";
import type { JsonObject } from "../../../../src/domain/image-sets/metadata/update-payload.ts";

const instance = {
  DICOM: {
    SOPClassUID: "1.2",
    SOPInstanceUID: "1.4.1",
    PixelRepresentation: 0,
    InstanceNumber: "1",
    SoftwareVersions: ["2"],
  },
};
const DOCUMENT: MetadataDocument = {
  SchemaVersion: "1.1",
  DatastoreID: "d",
  ImageSetID: "i",
  Patient: { DICOM: { PatientName: "A^B", PatientID: "P", PatientSex: null } },
  Study: {
    DICOM: { StudyInstanceUID: "1.3", StudyDescription: "CHEST", StudyID: "7" },
    Series: {
      "1.4": {
        DICOM: { SeriesInstanceUID: "1.4", Modality: "CT" },
        Instances: {
          "1.4.1": { ...instance, DICOMVRs: { "00091001": "LO" }, ImageFrames: [] },
          "1.4.2": { ...instance, DICOMVRs: {}, ImageFrames: [] },
        },
      },
    },
  },
};

const patient = (DICOM: JsonObject): JsonObject => ({ SchemaVersion: 1.1, Patient: { DICOM } });
const study = (DICOM: JsonObject): JsonObject => ({ SchemaVersion: 1.1, Study: { DICOM } });
const series = (uid: string, value: JsonObject): JsonObject => ({
  SchemaVersion: 1.1,
  Study: { Series: { [uid]: value } },
});
const inside = (uid: string, value: JsonObject): JsonObject => series("1.4", { Instances: { [uid]: value } });

function reasonOf(removable: JsonObject | undefined, updatable: JsonObject | undefined): string {
  const before = JSON.stringify(DOCUMENT);
  try {
    updateDocument(DOCUMENT, removable, updatable);
  } catch (error) {
    expect(JSON.stringify(DOCUMENT)).toBe(before);
    const message = changeMessageOf(error) ?? String(error);
    expect(message).toMatch(/^INVALID_REQUEST: {2}[\w -:]+$/);
    return message;
  }
  return "done";
}

describe("an update", () => {
  test.each<[string, JsonObject, RegExp]>([
    [
      "of an attribute of the service at the top level",
      { SchemaVersion: 1.1, DatastoreID: "x" },
      /DatastoreID/,
    ],
    [
      "of an attribute of the service",
      inside("1.4.1", { DICOM: { FrameSizeInBytes: 3 } }),
      /FrameSizeInBytes/,
    ],
    ["of image frames", inside("1.4.1", { ImageFrames: [] }), /ImageFrames/],
    ["of pixel data", inside("1.4.1", { DICOM: { PixelData: "" } }), /PixelData/],
    ["of the study's UID", study({ StudyInstanceUID: "1.5" }), /StudyInstanceUID/],
    ["of the study's ID", study({ StudyID: "8" }), /StudyID/],
    ["of the series' UID", series("1.4", { DICOM: { SeriesInstanceUID: "1.5" } }), /SeriesInstanceUID/],
    ["of the instance's UID", inside("1.4.1", { DICOM: { SOPInstanceUID: "1.5" } }), /SOPInstanceUID/],
    ["of a private attribute", inside("1.4.1", { DICOM: { "00091001": "x" } }), /00091001/],
    ["of private VRs", inside("1.4.1", { DICOM: {}, DICOMVRs: { "00091001": "LO" } }), /Private/],
    ["of a tag in place of a keyword", patient({ "00100010": "x" }), /00100010/],
    ["of a sequence", inside("1.4.1", { DICOM: { ReferencedImageSequence: [] } }), /ReferencedImageSequence/],
    ["of a multi-valued attribute", inside("1.4.1", { DICOM: { ImageType: ["A", "B"] } }), /ImageType/],
    ["with several values", patient({ PatientName: ["A", "B"] }), /PatientName/],
    ["with a value of another VR", patient({ PatientBirthDate: "yesterday" }), /PatientBirthDate.*DA/],
    ["with a number for text", inside("1.4.1", { DICOM: { InstanceNumber: 2 } }), /InstanceNumber.*IS/],
    ["of an attribute that is not in the standard", patient({ PatientShoeSize: "43" }), /PatientShoeSize/],
    [
      "of the file's meta information",
      inside("1.4.1", { DICOM: { TransferSyntaxUID: "1.2" } }),
      /TransferSyntaxUID/,
    ],
    ["of a patient attribute at the study level", study({ PatientName: "X" }), /PatientName.*Patient level/],
    [
      "of an instance's attribute at the patient level",
      patient({ InstanceNumber: "1" }),
      /InstanceNumber.*Instance level/,
    ],
    ["in an unknown series", series("9.9", { DICOM: { Modality: "MR" } }), /Series 9\.9/],
    ["in an unknown instance", inside("9.9", { DICOM: { InstanceNumber: "1" } }), /Instance 9\.9/],
    [
      "in a series named like a property of Object",
      series("constructor", { DICOM: { Modality: "MR" } }),
      /constructor/,
    ],
    ["longer than an import takes", study({ AccessionNumber: "12345678901234567" }), /AccessionNumber/],
    ["longer than its import limit", patient({ PatientSex: "ABCDEFGHIJKLMNOPQ" }), /PatientSex/],
    ["that empties the SOP class", inside("1.4.1", { DICOM: { SOPClassUID: null } }), /SOPClassUID/],
    ["of an unknown member", { SchemaVersion: 1.1, Series: {} }, /Series/],
    ["that is not an object", { SchemaVersion: 1.1, Study: "x" }, /Study/],
    ["that names nothing", { SchemaVersion: 1.1 }, /has no attribute/],
    ["that names nothing in a block", patient({}), /has no attribute/],
    ["that names an instance alone", inside("1.4.1", {}), /Instance 1\.4\.1/],
    ["of a directory's attribute", inside("1.4.1", { DICOM: { FileSetID: "X" } }), /FileSetID/],
    ["of padding", inside("1.4.1", { DICOM: { DataSetTrailingPadding: "" } }), /DataSetTrailingPadding/],
    ["of another kind of pixel data", inside("1.4.1", { DICOM: { FloatPixelData: "" } }), /FloatPixelData/],
    [
      "with a negative value where samples are unsigned",
      inside("1.4.1", { DICOM: { SmallestImagePixelValue: -5 } }),
      /SmallestImagePixelValue.*US/,
    ],
    [
      "with a number that is not finite",
      inside("1.4.1", { DICOM: { FrameAcquisitionDuration: JSON.parse("1e999") as number } }),
      /FrameAcquisitionDuration/,
    ],
  ])("%s is refused with a message that names the fault", (_name, payload, reason) =>
    expect(reasonOf(undefined, payload)).toMatch(reason),
  );
});

describe("an update of PatientName", () => {
  test.each(["x".repeat(256), "A^B^C^D^E^F", "a=b=c=d", "with\ttab"])(
    "to '$0', which may be imported, is accepted",
    (PatientName) => {
      checkImportConstraints({ PatientName });
      expect(reasonOf(undefined, patient({ PatientName }))).toBe("done");
    },
  );

  test.each(["x".repeat(257), "two\\values"])(
    "to '$0', which may not be imported, is refused",
    (PatientName) => {
      expect(reasonOf(undefined, patient({ PatientName }))).toMatch(/PatientName/);
    },
  );

  test("differs from that of another person's name, which must fit its VR", () => {
    const name = { ReferringPhysicianName: "x".repeat(65) };
    expect(reasonOf(undefined, study(name))).toMatch(/ReferringPhysicianName.*PN/);
  });
});

describe("a removal", () => {
  test.each<[string, JsonObject, RegExp]>([
    ["of a value other than the current one", study({ StudyDescription: "HEAD" }), /StudyDescription/],
    ["of an attribute that does not exist", patient({ EthnicGroup: "x" }), /EthnicGroup/],
    ["of an attribute that cannot be removed", study({ StudyID: "7" }), /StudyID/],
    ["of private attributes", inside("1.4.1", { DICOM: { "00091001": "x" } }), /00091001/],
    ["of several values", inside("1.4.1", { DICOM: { SoftwareVersions: ["2"] } }), /SoftwareVersions/],
    ["of the SOP class", inside("1.4.1", { DICOM: { SOPClassUID: "1.2" } }), /SOPClassUID/],
    ["of the last series", series("1.4", {}), /last Series/],
    ["of the last instance", series("1.4", { Instances: { "1.4.1": {}, "1.4.2": {} } }), /last Instance/],
    ["of an unknown instance", inside("9", {}), /Instance 9/],
  ])("%s is refused", (_name, payload, reason) => expect(reasonOf(payload, undefined)).toMatch(reason));
});

test("removals are applied before the updates of the same request", () => {
  const { Study, Patient } = updateDocument(
    DOCUMENT,
    study({ StudyDescription: "CHEST" }),
    study({ StudyDescription: "HEAD" }),
  );
  expect(Study.DICOM["StudyDescription"]).toBe("HEAD");
  expect(Patient).toBe(DOCUMENT.Patient);
  expect(reasonOf(inside("1.4.1", {}), inside("1.4.1", { DICOM: { InstanceNumber: "2" } }))).toMatch(
    /1\.4\.1/,
  );
});

test("a float is updated to the value that a file would hold", () => {
  const { Study } = updateDocument(
    DOCUMENT,
    undefined,
    inside("1.4.1", { DICOM: { CalciumScoringMassFactorPatient: 0.1 } }),
  );
  const value = Study.Series["1.4"]?.Instances["1.4.1"]?.DICOM["CalciumScoringMassFactorPatient"];
  expect(value).toBe(Math.fround(0.1));
});

test("an attribute without a value is removed by null", () => {
  const { Patient } = updateDocument(DOCUMENT, patient({ PatientSex: null }), undefined);
  expect(Patient.DICOM).not.toHaveProperty("PatientSex");
});

test("only an invalid change sets the message of an update, in the characters that AWS allows", () => {
  expect(changeMessageOf(new InvalidChange("A; B = [C]?"))).toBe("INVALID_REQUEST:  A. B . .C..");
  expect(changeMessageOf(new Error("disk"))).toBeUndefined();
});

test("an updated attribute has the dictionary's VR, not that of the file", () => {
  const told = {
    "00100020": "OB",
    "00081030": "OB",
    "00080060": "OB",
    "00200013": "FD",
    "00080070": "OB",
    "00091001": "LO",
  };
  const withVrs: MetadataDocument = {
    ...DOCUMENT,
    Study: {
      ...DOCUMENT.Study,
      Series: {
        "1.4": {
          DICOM: { SeriesInstanceUID: "1.4", Modality: "CT" },
          Instances: {
            "1.4.1": { ...instance, DICOMVRs: told, ImageFrames: [] },
            "1.4.2": { ...instance, DICOMVRs: told, ImageFrames: [] },
          },
        },
      },
    },
  };
  const vrsAfter = (updatable: JsonObject) =>
    Object.values(updateDocument(withVrs, undefined, updatable).Study.Series["1.4"]?.Instances ?? {}).map(
      ({ DICOMVRs }) => Object.keys(told).filter((tag) => !(tag in DICOMVRs)),
    );
  expect(vrsAfter(patient({ PatientID: "Q" }))).toEqual([["00100020"], ["00100020"]]);
  expect(vrsAfter(study({ StudyDescription: "x" }))).toEqual([["00081030"], ["00081030"]]);
  expect(vrsAfter(series("1.4", { DICOM: { Modality: "MR" } }))).toEqual([["00080060"], ["00080060"]]);
  expect(vrsAfter(inside("1.4.1", { DICOM: { InstanceNumber: "2" } }))).toEqual([["00200013"], []]);
  const removed = updateDocument(withVrs, inside("1.4.2", { DICOM: { InstanceNumber: "1" } }), undefined);
  expect(removed.Study.Series["1.4"]?.Instances["1.4.2"]?.DICOMVRs).not.toHaveProperty("00200013");
});
