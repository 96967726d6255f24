import { afterEach, beforeEach, describe, expect } from "vitest";
import { SEARCHES } from "../../../src/healthimaging/dicomweb/search/search-attributes.ts";
import { DICOMWEB_OPERATIONS } from "../../../src/api/model/dicomweb-operations.ts";
import { controlled as test } from "../../elsewhere.ts";
import { importAll, openDicomweb, type DicomwebSandbox } from "./dicomweb.ts";
import { SEARCHED_FILES } from "./searched-files.ts";

/** Names with a path each. */
const OPERATIONS = DICOMWEB_OPERATIONS.filter(({ name }) => Object.hasOwn(SEARCHES, name)).map(
  ({ name, path }) => ({
    name,
    path: path.replace("{studyInstanceUID}", "1.2.2").replace("{seriesInstanceUID}", "1.2.2.1"),
  }),
);

let sandbox: DicomwebSandbox;
let root: string;
beforeEach(async () => {
  sandbox = await openDicomweb({ dicomweb: true });
  const { datastoreId } = await importAll(sandbox, "operations", {
    "4.dcm": SEARCHED_FILES["4.dcm"] ?? new Uint8Array(),
  });
  root = `/datastore/${datastoreId}`;
});
afterEach(() => sandbox[Symbol.asyncDispose]());

describe("a search is an operation like any other:", () => {
  test("the table has all six, and each answers", async () => {
    expect(OPERATIONS.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      Object.keys(SEARCHES).toSorted((a, b) => (a < b ? -1 : 1)),
    );
    for (const { path } of OPERATIONS) expect((await sandbox.get(root + path)).json()).toHaveLength(1);
  });

  test("the journal and the report know it", async () => {
    const { control } = sandbox.emulator;
    await control.clearReport();
    for (const { path } of OPERATIONS) await sandbox.get(root + path);
    const [{ operations } = {}] = (await control.report()).accounts;
    const { requests } = await control.requests.list();
    for (const { name } of OPERATIONS) {
      expect(operations).toHaveProperty(name);
      expect(requests.map(({ operation }) => operation)).toContain(name);
    }
  });

  test("a rule of a scenario makes it fail, by operation and by study", async () => {
    const { control } = sandbox.emulator;
    const error = { type: "ThrottlingException" };
    await control.scenarios.put("searches", {
      rules: [
        { id: "all", match: { op: "dicomweb:SearchDICOMAll*" }, effects: [{ error }] },
        { id: "study", match: { op: "dicomweb:*", study: "1.2.2" }, effects: [{ error }] },
      ],
    });
    await control.scenarios.activate("searches");
    const statuses = await Promise.all(
      OPERATIONS.map(async ({ name, path }) => [name, (await sandbox.get(root + path)).status]),
    );
    expect(Object.fromEntries(statuses)).toEqual({
      SearchDICOMStudies: 200,
      SearchDICOMSeries: 429,
      SearchDICOMInstances: 429,
      SearchDICOMAllSeries: 429,
      SearchDICOMAllInstances: 429,
      SearchDICOMStudyInstances: 429,
    });
  });

  test("an answer has AWS's headers, and none for caches", async () => {
    const answer = await sandbox.get(`${root}/studies`, { accept: "application/dicom+json" });
    expect(answer.headers["content-type"]).toBe("application/dicom+json");
    expect(answer.headers).toHaveProperty("x-amzn-requestid");
    expect(answer.headers).not.toHaveProperty("cache-control");
  });
});
