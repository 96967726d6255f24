import {
  ListDatastoresCommand,
  ListDICOMImportJobsCommand,
  ListImageSetVersionsCommand,
  SearchImageSetsCommand,
  type SearchCriteria,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createActiveDatastore, importFiles, openSandbox, type Sandbox } from "../../clients.ts";
import { isElsewhere } from "../../elsewhere.ts";
import { slicesForNewImageSet } from "../../setup/sample-series-of.ts";

let sandbox: Sandbox;
let datastoreId: string;
beforeAll(async () => {
  sandbox = await openSandbox();
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  await createActiveDatastore(sandbox.medicalImaging);
  for (const bucket of ["searched-1", "searched-2", "searched-3"]) {
    const slices = slicesForNewImageSet(1);
    const files = Object.fromEntries(slices.map(({ name, bytes }) => [name, bytes]));
    await importFiles(sandbox, datastoreId, bucket, files);
  }
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

describe("pages", () => {
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

  test.each(LISTS)("of %s hold each item once, in the order of the whole list", async (name, ask, count) => {
    const whole = await ask({});
    // Elsewhere an account may have data stores of others.
    if (!isElsewhere || name !== "ListDatastores") expect(whole.ids).toHaveLength(count);
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

  test.each(LISTS)("of %s have 1 to 50 items, and refuse a token of another list", async (name, ask) => {
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
