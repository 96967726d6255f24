import { describe, expect, test } from "vitest";
import { model, type Operation } from "../../../src/api/model/model.ts";
import { writeOutput } from "../../../src/healthimaging/http/write-output.ts";

const operation = (name: string): Operation => {
  const found = model.operations.get(name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("the JSON body of an answer", () => {
  test("equals the captured answer of GetDICOMImportJob byte for byte", () => {
    const jobProperties = {
      datastoreId: "12345678901234567890123456789012",
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/dicom_import",
      jobId: "09876543210987654321098765432109",
      jobName: null,
      jobStatus: "COMPLETED",
      message: null,
      inputS3Uri: "s3://source_bucket/source_folder/",
      outputS3Uri: "s3://destination_bucket/destination_folder/x/",
      endedAt: new Date(1703018666714),
      submittedAt: new Date(1703018663321),
    };
    expect(writeOutput(model, operation("GetDICOMImportJob"), { jobProperties })).toBe(
      '{"jobProperties":{"dataAccessRoleArn":"arn:aws:iam::123456789012:role/dicom_import","datastoreId":"12345678901234567890123456789012","endedAt":1.703018666714E9,"inputS3Uri":"s3://source_bucket/source_folder/","jobId":"09876543210987654321098765432109","jobName":null,"jobStatus":"COMPLETED","message":null,"outputS3Uri":"s3://destination_bucket/destination_folder/x/","submittedAt":1.703018663321E9}}',
    );
  });

  test.each([
    [1700168352030, "1.70016835203E9"],
    [1700000000000, "1.7E9"],
    [2000000000000, "2.0E9"],
    [1700243522295, "1.700243522295E9"],
  ])("writes %d ms as a Java double of seconds", (milliseconds, expected) => {
    const datastoreProperties = { createdAt: new Date(milliseconds) };
    const body = writeOutput(model, operation("GetDatastore"), { datastoreProperties });
    expect(body).toContain(`"createdAt":${expected}`);
    expect(JSON.parse(body)).toMatchObject({ datastoreProperties: { createdAt: milliseconds / 1000 } });
  });

  test("never sends a member that is newer than the guide", () => {
    const body = writeOutput(model, operation("GetImageSet"), {
      isPrimary: true,
      storageTier: "FREQUENT_ACCESS",
    });
    expect(body).not.toMatch(/isPrimary|storageTier|overrides|lastAccessedAt/);
  });
});
