import { afterAll, beforeAll, describe, expect } from "vitest";
import { createActiveDatastore, openServer, type ServerSandbox } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { inRelease } from "../../setup/served-release.ts";
import { importSlices } from "../image-sets/image-sets.ts";

let sandbox: ServerSandbox;
let datastoreId: string;
beforeAll(async () => {
  sandbox = await openServer();
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  await importSlices(sandbox, datastoreId, "first", 0, 1);
  await importSlices(sandbox, datastoreId, "second", 1, 2);
});
afterAll(() => sandbox[Symbol.asyncDispose]());

describe("a search request", () => {
  const post = async (body: string, query = ""): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${sandbox.emulator.url}/datastore/${datastoreId}/searchImageSets${query}`, {
      method: "POST",
      body,
    });
    return { status: response.status, text: await response.text() };
  };

  test("is answered with the version as a number, null for an element that the study lacks, and no other members", async () => {
    const { status, text } = await post("{}", "?maxResults=1");
    expect(status).toBe(200);
    expect(text).toMatch(
      inRelease("storageTiers", {
        "2024-05":
          /^\{"imageSetsMetadataSummaries":\[\{"DICOMTags":\{"DICOMAccessionNumber":"DEMO-0001",.*"DICOMPatientBirthDate":null,.*\},"createdAt":1\.\d+E9,"imageSetId":"[0-9a-f]{32}","updatedAt":1\.\d+E9,"version":1\}\],"nextToken":"[\w-]+","sort":null\}$/,
        "2026-06":
          /^\{"imageSetsMetadataSummaries":\[\{"DICOMTags":\{"DICOMAccessionNumber":"DEMO-0001",.*"DICOMPatientBirthDate":null,.*\},"createdAt":1\.\d+E9,"imageSetId":"[0-9a-f]{32}","isPrimary":(?:true|false),"lastAccessedAt":1\.\d+E9,"storageTier":"FREQUENT_ACCESS","updatedAt":1\.\d+E9,"version":1\}\],"nextToken":"[\w-]+","sort":null\}$/,
      }),
    );
  });

  test("is answered with the sort that it asks for", async () => {
    const { text } = await post('{"sort":{"sortField":"createdAt","sortOrder":"ASC"}}');
    expect(text).toMatch(/"sort":\{"sortField":"createdAt","sortOrder":"ASC"\}\}$/);
  });

  test.each([
    ["no filters", '{"filters":[]}'],
    [
      "three filters",
      JSON.stringify({
        filters: Array.from({ length: 3 }, () => ({ operator: "EQUAL", values: [{ createdAt: 1 }] })),
      }),
    ],
    ["two values for EQUAL", '{"filters":[{"operator":"EQUAL","values":[{"createdAt":1},{"createdAt":2}]}]}'],
    ["one value for BETWEEN", '{"filters":[{"operator":"BETWEEN","values":[{"createdAt":1}]}]}'],
    [
      "BETWEEN two attributes",
      '{"filters":[{"operator":"BETWEEN","values":[{"createdAt":1},{"updatedAt":2}]}]}',
    ],
    [
      "the upper bound first",
      '{"filters":[{"operator":"BETWEEN","values":[{"createdAt":2},{"createdAt":1}]}]}',
    ],
    [
      "two attributes in a value",
      '{"filters":[{"operator":"EQUAL","values":[{"createdAt":1,"updatedAt":1}]}]}',
    ],
    ["no attribute in a value", '{"filters":[{"operator":"EQUAL","values":[{}]}]}'],
    [
      "a study time without a date",
      '{"filters":[{"operator":"EQUAL","values":[{"DICOMStudyDateAndTime":{"DICOMStudyTime":"10"}}]}]}',
    ],
    [
      "an impossible date",
      '{"filters":[{"operator":"EQUAL","values":[{"DICOMStudyDateAndTime":{"DICOMStudyDate":"today"}}]}]}',
    ],
    ["an unknown operator", '{"filters":[{"operator":"LIKE","values":[{"createdAt":1}]}]}'],
    ["a sort without an order", '{"sort":{"sortField":"createdAt"}}'],
    ["a sort by an unknown attribute", '{"sort":{"sortField":"DICOMPatientId","sortOrder":"ASC"}}'],
  ])("with %s is answered with a ValidationException", async (_, body) => {
    const { status, text } = await post(body);
    expect([status, Object.keys(JSON.parse(text) as object)]).toEqual([400, ["message"]]);
  });
});
