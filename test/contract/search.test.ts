import {
  ListDatastoresCommand,
  ListDICOMImportJobsCommand,
  ListImageSetVersionsCommand,
  SearchImageSetsCommand,
  type SearchCriteria,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPhantomSeries } from "../../src/client/phantom.ts";
import { createActiveDatastore, importFiles, openServer, runJob, type ServerSandbox } from "../clients.ts";

let sandbox: ServerSandbox;
let datastoreId: string;
beforeAll(async () => {
  sandbox = await openServer({ durations: { jobSubmittedMs: 0, jobInProgressMs: 0 } });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  await createActiveDatastore(sandbox.medicalImaging);
  const files = Object.fromEntries(createPhantomSeries(1).map(({ name, bytes }) => [name, bytes]));
  await importFiles(sandbox, datastoreId, "searched", files);
  await runJob(sandbox.medicalImaging, datastoreId, "s3://searched/input", "s3://searched/output");
  await runJob(sandbox.medicalImaging, datastoreId, "s3://searched/input", "s3://searched/output");
});
afterAll(() => sandbox[Symbol.asyncDispose]());

interface Paged {
  readonly ids: (string | undefined)[];
  readonly nextToken: string | undefined;
}

/** Asks for one page of a list. */
type Ask = (page: { maxResults?: number; nextToken?: string | undefined }) => Promise<Paged>;

const search =
  (searchCriteria?: SearchCriteria): Ask =>
  async (page) => {
    const command = new SearchImageSetsCommand({ datastoreId, searchCriteria, ...page });
    const { imageSetsMetadataSummaries = [], nextToken } = await sandbox.medicalImaging.send(command);
    return { ids: imageSetsMetadataSummaries.map(({ imageSetId }) => imageSetId), nextToken };
  };
const listJobs: Ask = async (page) => {
  const command = new ListDICOMImportJobsCommand({ datastoreId, ...page });
  const { jobSummaries = [], nextToken } = await sandbox.medicalImaging.send(command);
  return { ids: jobSummaries.map(({ jobId }) => jobId), nextToken };
};
const listDatastores: Ask = async (page) => {
  const { datastoreSummaries = [], nextToken } = await sandbox.medicalImaging.send(
    new ListDatastoresCommand({ ...page }),
  );
  return { ids: datastoreSummaries.map((summary) => summary.datastoreId), nextToken };
};
const listVersions: Ask = async (page) => {
  const [imageSetId] = (await search()({})).ids;
  const { imageSetPropertiesList = [], nextToken } = await sandbox.medicalImaging.send(
    new ListImageSetVersionsCommand({ datastoreId, imageSetId, ...page }),
  );
  return { ids: imageSetPropertiesList.map(({ versionId }) => versionId), nextToken };
};

describe("pages over the wire", () => {
  const LISTS: readonly [string, Ask, number][] = [
    ["SearchImageSets", search(), 3],
    [
      "SearchImageSets by study date",
      search({ sort: { sortField: "DICOMStudyDateAndTime", sortOrder: "ASC" } }),
      3,
    ],
    ["ListDICOMImportJobs", listJobs, 3],
    ["ListDatastores", listDatastores, 2],
    ["ListImageSetVersions", listVersions, 1],
  ];

  test.each(LISTS)("of %s hold each item once, in the order of the whole", async (_, ask, count) => {
    const whole = await ask({});
    expect(whole.ids).toHaveLength(count);
    const seen: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ask({ maxResults: 1, nextToken });
      expect(page.ids).toHaveLength(1);
      seen.push(...page.ids);
      nextToken = page.nextToken ?? undefined;
    } while (nextToken !== undefined);
    expect(seen).toEqual(whole.ids);
  });

  test.each(LISTS)("of %s have sizes of 1 to 50 and tokens of their own alone", async (name, ask) => {
    const invalid = { name: "ValidationException" };
    await expect(ask({ maxResults: 0 })).rejects.toMatchObject(invalid);
    await expect(ask({ maxResults: 51 })).rejects.toMatchObject(invalid);
    await expect(ask({ nextToken: "abc" })).rejects.toMatchObject(invalid);
    for (const [other, askOther, count] of LISTS) {
      const { nextToken } = await askOther({ maxResults: 1 });
      if (count === 1 || nextToken === undefined) continue;
      if (other !== name) await expect(ask({ nextToken })).rejects.toMatchObject(invalid);
      else await expect(ask({ nextToken: `${nextToken}=` })).rejects.toMatchObject(invalid);
    }
  });
});

describe("a search over the wire", () => {
  const post = async (body: string, query = ""): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${sandbox.emulator.url}/datastore/${datastoreId}/searchImageSets${query}`, {
      method: "POST",
      body,
    });
    return { status: response.status, text: await response.text() };
  };

  test("writes the version as a number, null for an element that the study has not, and no more", async () => {
    const { status, text } = await post("{}", "?maxResults=1");
    expect(status).toBe(200);
    expect(text).toMatch(
      /^\{"imageSetsMetadataSummaries":\[\{"DICOMTags":\{"DICOMAccessionNumber":"DEMO-0001",.*"DICOMPatientBirthDate":null,.*\},"createdAt":1\.\d+E9,"imageSetId":"[0-9a-f]{32}","updatedAt":1\.\d+E9,"version":1\}\],"nextToken":"[\w-]+","sort":null\}$/,
    );
  });

  test("echoes the sort that it was asked for", async () => {
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
      "a date that is none",
      '{"filters":[{"operator":"EQUAL","values":[{"DICOMStudyDateAndTime":{"DICOMStudyDate":"today"}}]}]}',
    ],
    ["an unknown operator", '{"filters":[{"operator":"LIKE","values":[{"createdAt":1}]}]}'],
    ["a sort without an order", '{"sort":{"sortField":"createdAt"}}'],
    ["a sort by an attribute that is none", '{"sort":{"sortField":"DICOMPatientId","sortOrder":"ASC"}}'],
  ])("with %s is a ValidationException", async (_, body) => {
    const { status, text } = await post(body);
    expect([status, Object.keys(JSON.parse(text) as object)]).toEqual([400, ["message"]]);
  });
});
