import { describe, expect, test } from "vitest";
import { DenyRules } from "../../../src/aws/identity/deny-rules.ts";

const KEY = { account: "123456789012", region: "eu-west-1", accessKeyId: "AKIA" };
const DATASTORE = "1".repeat(32);
const IMAGE_SET = "2".repeat(32);

const denied = (
  patterns: readonly string[],
  operation: string,
  labels: Record<string, string> = {},
  caller: Parameters<DenyRules["check"]>[2] = KEY,
): string | undefined => {
  try {
    new DenyRules(patterns).check(operation, labels, caller);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "AccessDeniedException" });
    return (error as Error).message;
  }
};

describe("a deny pattern", () => {
  test.each([
    ["medical-imaging:GetDatastore", ["GetDatastore"]],
    ["medical-imaging:Get*", ["GetDatastore", "GetDICOMInstance", "GetImageSet"]],
    ["medical-imaging:*ImageSet*", ["GetImageSet", "DeleteImageSet"]],
    ["MEDICAL-IMAGING:getimages??", ["GetImageSet"]],
    ["*", ["GetDatastore", "GetDICOMInstance", "GetImageSet", "DeleteImageSet", "ListDatastores"]],
  ])("%s refuses exactly %j", (pattern, operations) => {
    const all = ["GetDatastore", "GetDICOMInstance", "GetImageSet", "DeleteImageSet", "ListDatastores"];
    const refused = all.filter((operation) => denied([pattern], operation) !== undefined);
    expect(refused.toSorted()).toEqual(operations.toSorted());
  });

  test("refuses only the access key that it names", () => {
    const patterns = ["AKIA=medical-imaging:Get*"];
    expect(denied(patterns, "GetDatastore")).toBeDefined();
    expect(denied(patterns, "GetDatastore", {}, { ...KEY, accessKeyId: "OTHER" })).toBeUndefined();
    expect(denied(patterns, "GetDatastore", {}, { ...KEY, accessKeyId: undefined })).toBeUndefined();
  });
});

describe("the message of a denied call", () => {
  const store = `arn:aws:medical-imaging:eu-west-1:123456789012:datastore/${DATASTORE}`;
  test.each([
    ["ListDatastores", {}, "*"],
    ["GetDatastore", { datastoreId: DATASTORE }, store],
    ["GetDICOMInstance", { datastoreId: DATASTORE, studyInstanceUID: "1.2" }, store],
    ["GetImageSet", { datastoreId: DATASTORE, imageSetId: IMAGE_SET }, `${store}/imageset/${IMAGE_SET}`],
    [
      "CopyImageSet",
      { datastoreId: DATASTORE, sourceImageSetId: IMAGE_SET },
      `${store}/imageset/${IMAGE_SET}`,
    ],
    ["TagResource", { resourceArn: store }, store],
  ])("to %s names user, action and resource", (operation, labels, resource) => {
    expect(denied(["*"], operation, labels)).toBe(
      `User: arn:aws:iam::123456789012:user/AKIA is not authorized to perform: medical-imaging:${operation} on resource: ${resource} with an explicit deny in an identity-based policy`,
    );
  });

  test("without a signature names the user anonymous", () => {
    expect(denied(["*"], "ListDatastores", {}, { ...KEY, accessKeyId: undefined })).toMatch(
      /^User: anonymous is/,
    );
  });

  test("with a role that may not be passed names iam:PassRole", () => {
    expect(denied(["iam:PassRole"], "StartDICOMImportJob", { datastoreId: DATASTORE })).toBe(
      "User: arn:aws:iam::123456789012:user/AKIA is not authorized to perform: iam:PassRole with an explicit deny in an identity-based policy",
    );
    expect(denied(["iam:PassRole"], "GetDatastore", { datastoreId: DATASTORE })).toBeUndefined();
  });
});

test.each([
  ["medical-imaging:GetEverything"],
  ["GetDatastore"],
  ["s3:*"],
  [""],
  ["=medical-imaging:*"],
  ["KEY="],
  ["K Y=medical-imaging:*"],
  ["K\nY=medical-imaging:*"],
  [["medical-imaging:*"]],
  [5],
])("the malformed deny pattern %j is refused with one line", (pattern) => {
  expect(() => new DenyRules([pattern as string])).toThrow("deny expects");
});

test("a deny pattern of many stars is matched quickly", () => {
  expect(() => new DenyRules([`${"*a".repeat(5000)}*`])).toThrow("deny expects");
});
