import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { model, modelOf } from "../../../src/api/model/model.ts";
import { LINEAR_PATTERNS, validate } from "../../../src/healthimaging/http/validate.ts";

const messageFor = (shape: string, input: Record<string, unknown>): string => {
  try {
    validate(model, shape, input);
  } catch (error) {
    expect(error).toMatchObject({ code: "ValidationException" });
    return (error as Error).message;
  }
  throw new Error("the input was found valid");
};

const ID = "0123456789abcdef0123456789abcdef";
const ARN = `arn:aws:medical-imaging:us-east-1:123456789012:datastore/${ID}`;
const START = {
  clientToken: "t",
  datastoreId: ID,
  dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
  inputS3Uri: "s3://bucket/in",
  outputS3Uri: "s3://bucket/out",
};

describe("validation against the model", () => {
  test("gives the message that AWS's example tests record of the live service", () => {
    expect(messageFor("GetDatastoreRequest", { datastoreId: "DATASTORE_ID" })).toBe(
      "1 validation error detected: Value 'DATASTORE_ID' at 'datastoreId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-z]{32}",
    );
  });

  test("names a missing required member", () => {
    expect(messageFor("CreateDatastoreRequest", {})).toBe(
      "1 validation error detected: Value null at 'clientToken' failed to satisfy constraint: Member must not be null",
    );
  });

  test("reports every violation of a request", () => {
    const message = messageFor("CreateDatastoreRequest", { clientToken: "", datastoreName: "a b" });
    expect(message).toMatch(/^3 validation errors detected: /);
    expect(message).toContain(
      "Value 'a b' at 'datastoreName' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9._/#-]+",
    );
    expect(message).toContain(
      "Value '' at 'clientToken' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  });

  test.each([
    [
      "ListDatastoresRequest",
      { maxResults: 51 },
      "Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50",
    ],
    [
      "ListDatastoresRequest",
      { maxResults: 0 },
      "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "ListDatastoresRequest",
      { datastoreStatus: "OPEN" },
      "Value 'OPEN' at 'datastoreStatus' failed to satisfy constraint: Member must satisfy enum value set: [CREATING, CREATE_FAILED, ACTIVE, DELETING, DELETED]",
    ],
    [
      "StartDICOMImportJobRequest",
      { ...START, jobName: "x".repeat(65) },
      "Member must have length less than or equal to 64",
    ],
    [
      "StartDICOMImportJobRequest",
      { ...START, inputS3Uri: "bucket/in" },
      "at 'inputS3Uri' failed to satisfy constraint: Member must satisfy regular expression pattern: s3://",
    ],
    [
      "StartDICOMImportJobRequest",
      { ...START, dataAccessRoleArn: "arn:aws:iam::123456789012:user/x" },
      "at 'dataAccessRoleArn'",
    ],
    [
      "StartDICOMImportJobRequest",
      { ...START, inputOwnerAccountId: "12345678901" },
      "Member must have length greater than or equal to 12",
    ],
    [
      "GetImageSetRequest",
      { datastoreId: ID, imageSetId: ID, versionId: "one" },
      "Value 'one' at 'versionId'",
    ],
    [
      "GetImageFrameRequest",
      { datastoreId: ID, imageSetId: ID },
      "Value null at 'imageFrameInformation' failed to satisfy constraint: Member must not be null",
    ],
    [
      "GetImageFrameRequest",
      { datastoreId: ID, imageSetId: ID, imageFrameInformation: { imageFrameId: "x" } },
      "Value 'x' at 'imageFrameInformation.imageFrameId'",
    ],
    [
      "SearchImageSetsRequest",
      { datastoreId: ID, searchCriteria: { filters: [] } },
      "at 'searchCriteria.filters' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
  ])("reports the violation in %s %j", (shape, input, expected) => {
    expect(messageFor(shape, input)).toContain(expected);
  });

  test("never shows the value of a sensitive member", () => {
    const filter = { operator: "EQUAL", values: [{ DICOMPatientId: "P".repeat(65) }] };
    const message = messageFor("SearchImageSetsRequest", {
      datastoreId: ID,
      searchCriteria: { filters: [filter] },
    });
    expect(message).toBe(
      "1 validation error detected: Value at 'searchCriteria.filters.1.member.values.1.member.DICOMPatientId' failed to satisfy constraint: Member must have length less than or equal to 64",
    );
  });

  test("reports a violation in a map for the map as a whole, with every constraint of its keys or values", () => {
    const tags = { Owner: "a", "with space": "b", "aws:x": "c" };
    expect(messageFor("CreateDatastoreRequest", { clientToken: "t", tags })).toBe(
      "1 validation error detected: Value '{Owner=a, with space=b, aws:x=c}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (?!aws:)[a-zA-Z+-=._:/]+]",
    );
    expect(
      messageFor("CreateDatastoreRequest", { clientToken: "t", tags: { k: "x".repeat(257) } }),
    ).toContain(
      "at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 0]",
    );
  });

  test("counts every violation and tells the first 20", () => {
    const tagKeys = Array.from({ length: 200 }, () => "");
    const told = messageFor("UntagResourceRequest", { resourceArn: ARN, tagKeys });
    const [count, violations = ""] = told.split(" detected: ");
    expect(count).toBe("400 validation errors");
    expect(violations.split("; ")).toHaveLength(20);
  });

  test("does not look at items beyond the bound of a list", () => {
    const tagKeys = Array.from({ length: 201 }, (_, index) => (index === 200 ? "a b" : "a"));
    expect(messageFor("UntagResourceRequest", { resourceArn: ARN, tagKeys })).toMatch(
      /^1 validation error detected: Value '.*' at 'tagKeys' failed to satisfy constraint: Member must have length less than or equal to 200$/,
    );
  });

  test("shortens the map of a violation", () => {
    const tags = { "a b": "x".repeat(100_000) };
    expect(messageFor("CreateDatastoreRequest", { clientToken: "t", tags }).length).toBeLessThan(3_000);
  });

  test("accepts exactly one member of a union", () => {
    const values = [{ DICOMPatientId: "1", DICOMStudyId: "1" }];
    const searchCriteria = { filters: [{ operator: "EQUAL", values }] };
    expect(messageFor("SearchImageSetsRequest", { datastoreId: ID, searchCriteria })).toContain(
      "exactly one of its members",
    );
  });

  test("accepts what the model allows", () => {
    expect(() => validate(model, "StartDICOMImportJobRequest", START)).not.toThrow();
    expect(() =>
      validate(model, "ListDatastoresRequest", { maxResults: 50, nextToken: "~ !" }),
    ).not.toThrow();
  });
});

describe("patterns of the model", () => {
  const patterns = Object.values(modelOf("2026-06").shapes).flatMap(({ pattern }) => pattern ?? []);
  const shape = "StartDICOMImportJobRequest";
  const start = (metadataFilePath: string): Record<string, unknown> => ({
    ...START,
    importConfiguration: {
      dicomJsonMetadataImportConfiguration: {
        dicomMetadataMappings: [{ studyInstanceUID: "1.2", metadataFilePath }],
      },
    },
  });

  test("that repeat a repetition are matched in another way", () => {
    const nested = patterns.filter((pattern) => /[*+][^()]*\)(?:[*+]|\{\d+,\})/.test(pattern));
    expect(nested).not.toEqual([]);
    expect(nested.filter((pattern) => !LINEAR_PATTERNS.has(pattern))).toEqual([]);
    expect([...LINEAR_PATTERNS.keys()].filter((pattern) => !patterns.includes(pattern))).toEqual([]);
  });

  test.each([...LINEAR_PATTERNS])("%s and %s match the same strings", (pattern, linear) => {
    const [one, other] = [pattern, linear].map((each) => new RegExp(`^(?:${each})$`, "u"));
    const character = fc.constantFrom("a", "Z", "!", "~", " ", "/", ".", "\n", "\u00e4", "\u007f");
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 8 }), (text) => {
        expect(other?.test(text)).toBe(one?.test(text));
      }),
    );
  });

  test("refuse a long path at once", () => {
    const path = "a".repeat(1_023);
    expect(() => validate(modelOf("2026-06"), shape, start(path))).not.toThrow();
    for (const end of ["\n", " "])
      expect(() => validate(modelOf("2026-06"), shape, start(path + end))).toThrow("metadataFilePath");
  });
});
