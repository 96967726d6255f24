import { afterAll, beforeAll, describe, expect } from "vitest";
import { controlled as test } from "../../elsewhere.ts";
import { importAll, openDicomweb, type DicomwebAnswer, type DicomwebSandbox } from "./dicomweb.ts";
import { SEARCHED_FILES } from "./searched-files.ts";

const JSON_TYPE = { accept: "application/dicom+json" };

let sandbox: DicomwebSandbox;
let root: string;
beforeAll(async () => {
  sandbox = await openDicomweb({ dicomweb: true });
  const { datastoreId } = await importAll(sandbox, "searches", SEARCHED_FILES);
  root = `/datastore/${datastoreId}`;
});
afterAll(() => sandbox[Symbol.asyncDispose]());

type Found = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

const ask = (path: string, headers: Readonly<Record<string, string>> = JSON_TYPE): Promise<DicomwebAnswer> =>
  sandbox.get(root + path, headers);

async function search(path: string): Promise<Found[]> {
  const answer = await ask(path);
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/dicom+json"]);
  return answer.json() as Found[];
}

const STUDY = "0020000D";
const SERIES = "0020000E";
const SOP = "00080018";

/** The first value of an attribute of each result. */
const valuesOf = async (path: string, tag: string): Promise<unknown[]> =>
  (await search(path)).map((found) => found[tag]?.Value?.[0]);

describe("a search", () => {
  test("answers the attributes of studies", async () => {
    const [study] = await search("/studies?PatientID=P1");
    expect(study).toEqual({
      "00080020": { vr: "DA", Value: ["20240115"] },
      "00080030": { vr: "TM", Value: ["101500"] },
      "00080050": { vr: "SH", Value: ["A1"] },
      "00080056": { vr: "CS", Value: ["ONLINE"] },
      "00080061": { vr: "CS", Value: ["CT", "MR"] },
      "00080090": { vr: "PN", Value: [{ Alphabetic: "House^Gregory" }] },
      "00081030": { vr: "LO", Value: ["Nuclear medicine"] },
      "00081190": { vr: "UR", Value: [`http://localhost:4464${root}/studies/1.2.1`] },
      "00100010": { vr: "PN", Value: [{ Alphabetic: "Doe^Jane" }] },
      "00100020": { vr: "LO", Value: ["P1"] },
      "00100030": { vr: "DA", Value: ["19700101"] },
      "00100040": { vr: "CS" },
      "0020000D": { vr: "UI", Value: ["1.2.1"] },
      "00201206": { vr: "IS", Value: [2] },
      "00201208": { vr: "IS", Value: [4] },
    });
  });

  test("answers the attributes of series, and of their study if the path does not name it", async () => {
    const series = {
      "00080060": { vr: "CS", Value: ["CT"] },
      "0008103E": { vr: "LO", Value: ["Chest"] },
      "00081190": { vr: "UR", Value: [`http://localhost:4464${root}/studies/1.2.1/series/1.2.1.1`] },
      "0020000D": { vr: "UI", Value: ["1.2.1"] },
      "0020000E": { vr: "UI", Value: ["1.2.1.1"] },
      "00200011": { vr: "IS", Value: [2] },
      "00201209": { vr: "IS", Value: [3] },
    };
    expect(await search("/studies/1.2.1/series?Modality=CT")).toEqual([series]);
    const [found] = await search("/series?Modality=CT");
    expect(found).toMatchObject({ ...series, "00100020": { vr: "LO", Value: ["P1"] } });
  });

  test("answers the attributes of instances, and of what the path does not name", async () => {
    const url = `http://localhost:4464${root}/studies/1.2.1/series/1.2.1.1/instances/1.2.1.1.10`;
    const instance = {
      "00080016": { vr: "UI", Value: ["1.2.840.10008.5.1.4.1.1.88.11"] },
      "00080018": { vr: "UI", Value: ["1.2.1.1.10"] },
      "00080056": { vr: "CS", Value: ["ONLINE"] },
      "00081190": { vr: "UR", Value: [url] },
      "0020000D": { vr: "UI", Value: ["1.2.1"] },
      "0020000E": { vr: "UI", Value: ["1.2.1.1"] },
      "00200013": { vr: "IS", Value: [10] },
    };
    const ofSeries = await search("/studies/1.2.1/series/1.2.1.1/instances?SOPInstanceUID=1.2.1.1.10");
    expect(ofSeries).toEqual([instance]);
    const [ofStudy] = await search("/studies/1.2.1/instances?SOPInstanceUID=1.2.1.1.10");
    expect(ofStudy).toMatchObject({ ...instance, "00080060": { vr: "CS", Value: ["CT"] } });
    expect(ofStudy).not.toHaveProperty("00100020");
    const [ofAll] = await search("/instances?SOPInstanceUID=1.2.1.1.10");
    expect(ofAll).toMatchObject({ ...ofStudy, "00100020": { vr: "LO", Value: ["P1"] } });
  });

  test("answers elements in ascending order of tags", async () => {
    for (const path of ["/studies", "/series", "/instances", "/instances?includefield=all"]) {
      for (const found of await search(path)) {
        const tags = Object.keys(found);
        expect(tags).toEqual(tags.toSorted());
        expect(tags.length).toBeGreaterThan(5);
      }
    }
  });

  test.each([
    ["/studies", "PatientName=Doe^Jane", ["1.2.1"]],
    ["/studies", "00100010=Yamada^Tarou", ["1.2.2"]],
    ["/studies", `PatientName=${encodeURIComponent("山田^太郎")}`, ["1.2.2"]],
    ["/studies", "PatientName=doe^jane", []],
    ["/studies", "PatientName=*Jan%3F", ["1.2.1"]],
    ["/studies", "fuzzymatching=true&PatientName=jan", ["1.2.1"]],
    ["/studies", "fuzzymatching=true&PatientName=%22Jane%5ENobody%22", ["1.2.1"]],
    ["/studies", "fuzzymatching=true&PatientName=ane", []],
    ["/studies", "fuzzymatching=true&ReferringPhysicianName=HOUSE", ["1.2.1"]],
    ["/studies", "fuzzymatching=false&PatientName=jan", []],
    ["/studies", "StudyDate=20240101-20240131", ["1.2.1"]],
    ["/studies", "StudyDate=-20240115", ["1.2.1"]],
    ["/studies", "StudyDate=20240116-", ["1.2.2"]],
    ["/studies", "00080020=20240220", ["1.2.2"]],
    ["/studies", "StudyTime=10-11", ["1.2.1"]],
    ["/studies", "StudyDescription=*Nuclear*", ["1.2.1"]],
    ["/studies", "StudyDescription=*Nuclear", []],
    ["/studies", "PatientID=P%3F&AccessionNumber=A*", ["1.2.1"]],
    ["/studies", "StudyInstanceUID=1.2.1,1.2.2&PatientID=P1", ["1.2.1"]],
    ["/studies", "0020000d=1.2.2", ["1.2.2"]],
    ["/studies", "ModalitiesInStudy=SR", ["1.2.2"]],
    ["/studies", "ModalitiesInStudy=MR,SR&StudyDate=20240115", ["1.2.1"]],
    ["/studies", "PatientBirthDate=19700101", ["1.2.1"]],
    ["/studies", "StudyInstanceUID=1.2.*", []],
    ["/studies", "PatientID=", ["1.2.2", "1.2.1"]],
    ["/series", "StudyDate=20240115&Modality=M*", ["1.2.1"]],
    ["/series", "SeriesNumber=02", ["1.2.1"]],
    ["/instances", "SOPClassUID=1.2.840.10008.5.1.4.1.1.88.11&Modality=SR", ["1.2.2"]],
  ])("%s?%s finds %j", async (path, query, studies) => {
    expect(await valuesOf(`${path}?${query}`, STUDY)).toHaveLength(studies.length);
    expect(new Set(await valuesOf(`${path}?${query}`, STUDY))).toEqual(new Set(studies));
  });

  test("orders series by Series Number and instances by Instance Number, with numbers missing last", async () => {
    expect(await valuesOf("/studies/1.2.1/series", SERIES)).toEqual(["1.2.1.2", "1.2.1.1"]);
    expect(await valuesOf("/series", SERIES)).toEqual(["1.2.1.2", "1.2.1.1", "1.2.2.1"]);
    const ofSeries = ["1.2.1.1.1", "1.2.1.1.2", "1.2.1.1.10"];
    expect(await valuesOf("/studies/1.2.1/series/1.2.1.1/instances", SOP)).toEqual(ofSeries);
    expect(await valuesOf("/instances", SOP)).toEqual([
      "1.2.1.1.1",
      "1.2.2.1.1",
      "1.2.1.1.2",
      "1.2.1.1.10",
      "1.2.1.2.1",
    ]);
  });

  test("answers pages", async () => {
    expect(await valuesOf("/instances?limit=2&offset=1", SOP)).toEqual(["1.2.2.1.1", "1.2.1.1.2"]);
    expect(await search("/instances?offset=1000000")).toEqual([]);
  });

  test.each([
    "/studies?PatientID=none",
    "/studies/1.9/series",
    "/studies/1.9/series/1/instances",
    "/studies/1.9/instances",
    "/series?Modality=XA",
    "/instances?Modality=XA",
  ])("answers an empty array where there is nothing: %s", async (path) => {
    const answer = await ask(path);
    expect([answer.status, answer.body.toString()]).toEqual([200, "[]"]);
  });

  test("tolerates slashes too many and a content type without a body", async () => {
    const answer = await sandbox.get(`${root}//studies/?limit=1`, {
      ...JSON_TYPE,
      "content-type": "application/dicom+json",
    });
    expect((answer.json() as Found[]).length).toBe(1);
  });

  /** OHIF's list and the study that it opens, and a DIMSE proxy. */
  test.each([
    [
      "/studies?limit=101&offset=0&fuzzymatching=false&includefield=00081030%2C00080060%2C00080090%2C00100030",
      2,
    ],
    [
      "/studies?StudyInstanceUID=1.2.1&limit=101&offset=0&fuzzymatching=false&includefield=00081030%2C00080060",
      1,
    ],
    ["/studies/1.2.1/series?includefield=0008103E%2C00200011", 2],
    ["/studies?limit=100&00100010=Doe%5EJane&00100020=P1&StudyDate=20240101-20241231", 1],
  ])("answers what a client asks for: %s", async (path, count) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers["x-local-hint"]]).toEqual([200, undefined]);
    expect(answer.json()).toHaveLength(count);
  });

  test("says which parameters it ignores, and which values can match nothing", async () => {
    const answer = await ask("/studies?PatientSex=F&StudyDate=2024*&X-Amz-Date=1");
    expect(answer.json()).toEqual([]);
    expect(answer.headers["x-local-hint"]).toBe(
      "SearchDICOMStudies does not search by PatientSex; StudyDate=2024* can match nothing",
    );
    expect(await valuesOf("/studies/1.2.1/series?PatientID=P2", SERIES)).toHaveLength(2);
  });

  test.each([
    [
      "limit=1001",
      "Value '1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ],
    [
      "limit=0",
      "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    ["limit=many", "Value 'many' at 'limit' failed to satisfy constraint: Member must be an integer"],
    [
      "offset=1000001",
      "Value '1000001' at 'offset' failed to satisfy constraint: Member must have value less than or equal to 1000000",
    ],
    [
      "offset=-1",
      "Value '-1' at 'offset' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
    [
      "fuzzymatching=1",
      "Value '1' at 'fuzzymatching' failed to satisfy constraint: Member must satisfy enum value set: [true, false]",
    ],
    [
      `includefield=${Array.from({ length: 51 }, (_, index) => `0008${String(index).padStart(4, "0")}`).join("&includefield=")}`,
      "Member must have length less than or equal to 50",
    ],
  ])("refuses %s", async (query, message) => {
    const answer = await ask(`/studies?${query}`);
    expect(answer).toMatchObject({ status: 400, headers: { "x-amzn-errortype": "ValidationException" } });
    expect((answer.json() as { message: string }).message).toContain(message);
  });

  test.each([
    ["application/dicom+json", 200],
    ["*/*", 200],
    [undefined, 200],
    ["application/dicom+json, multipart/related; type=application/dicom+xml", 406],
    ["application/dicom+xml", 406],
  ])("answers the Accept header %s with %d", async (accept, status) => {
    expect(await ask("/studies", accept === undefined ? {} : { accept })).toMatchObject({ status });
  });

  test("knows no data store that does not exist", async () => {
    expect(await sandbox.get(`/datastore/${"0".repeat(32)}/studies`, JSON_TYPE)).toMatchObject({
      status: 404,
      headers: { "x-amzn-errortype": "ResourceNotFoundException" },
    });
  });
});

describe("includefield", () => {
  const SR = "/studies/1.2.1/series/1.2.1.1/instances?SOPInstanceUID=1.2.1.1.2";

  test.each([
    [
      "by keyword",
      "/studies?PatientID=P1&includefield=PatientAge",
      "00101010",
      { vr: "AS", Value: ["054Y"] },
    ],
    ["by tag", "/studies?PatientID=P1&includefield=00101010", "00101010", { vr: "AS", Value: ["054Y"] }],
    [
      "in a list",
      "/studies?PatientID=P1&includefield=PatientAge%2C00081030",
      "00101010",
      { vr: "AS", Value: ["054Y"] },
    ],
    [
      "that is counted",
      "/studies?PatientID=P1&includefield=SOPClassesInStudy",
      "00080062",
      { vr: "UI", Value: ["1.2.840.10008.5.1.4.1.1.88.11"] },
    ],
    [
      "of the patient of an instance",
      `${SR}&includefield=PatientAge`,
      "00101010",
      { vr: "AS", Value: ["054Y"] },
    ],
    ["of the index, of an instance", `${SR}&includefield=PatientID`, "00100020", { vr: "LO", Value: ["P1"] }],
    ["of an instance", `${SR}&includefield=SliceThickness`, "00180050", { vr: "DS", Value: [1.5] }],
    [
      "of an instance, for its series",
      "/studies/1.2.1/series?Modality=CT&includefield=SliceThickness",
      "00180050",
      { vr: "DS", Value: [1.5] },
    ],
    [
      "that is a sequence",
      `${SR}&includefield=00081140`,
      "00081140",
      {
        vr: "SQ",
        Value: [
          { "00081150": { vr: "UI", Value: ["1.9"] }, "00081155": { vr: "UI", Value: ["1.9.2"] } },
          { "00081150": { vr: "UI", Value: ["1.8"] } },
        ],
      },
    ],
    [
      "in a sequence",
      `${SR}&includefield=00081140.00081155`,
      "00081140",
      { vr: "SQ", Value: [{ "00081155": { vr: "UI", Value: ["1.9.2"] } }, {}] },
    ],
    [
      "in a sequence, by keyword",
      `${SR}&includefield=ReferencedImageSequence.ReferencedSOPInstanceUID`,
      "00081140",
      { vr: "SQ", Value: [{ "00081155": { vr: "UI", Value: ["1.9.2"] } }, {}] },
    ],
    [
      "that is private",
      `${SR}&includefield=00191001&00190010=Philips`,
      "00191001",
      { vr: "LO", Value: ["private 2"] },
    ],
    [
      "that is private, of a series",
      "/studies/1.2.1/series?Modality=CT&includefield=00191001&00190010=Philips",
      "00191001",
      { vr: "LO", Value: ["private 1"] },
    ],
    [
      "that is a private creator",
      `${SR}&includefield=00190010`,
      "00190010",
      { vr: "LO", Value: ["Philips"] },
    ],
  ])("adds an attribute %s", async (_, path, tag, element) => {
    const [found] = await search(path);
    expect(found?.[tag]).toEqual(element);
  });

  test.each([
    ["private without its creator", `${SR}&includefield=00191001`, "00191001"],
    ["private with another creator", `${SR}&includefield=00191001&00190010=GE`, "00191001"],
    ["the elements of a private creator", `${SR}&includefield=00190010`, "00191001"],
    [
      "private and of another series",
      "/studies/1.2.1/series?Modality=MR&includefield=00191001&00190010=Philips",
      "00191001",
    ],
    ["of single instances, for a study", "/studies?PatientID=P1&includefield=SliceThickness", "00180050"],
    ["that are missing", "/studies?includefield=PatientAddress", "00101040"],
  ])("leaves out attributes that are %s", async (_, path, tag) => {
    expect(await search(path)).not.toContainEqual(
      expect.objectContaining({ [tag]: expect.anything() as unknown }),
    );
  });

  test("drops names that are no attributes, and changes nothing else", async () => {
    const plain = await search("/studies");
    expect(await search("/studies?includefield=Nothing,zzzz,0008.,..,%20,99999999")).toEqual(plain);
  });

  test("with all has the attributes of the level", async () => {
    const [study] = await search("/studies?PatientID=P1&includefield=all&includefield=00191001");
    expect(study).toMatchObject({
      "00101010": { vr: "AS", Value: ["054Y"] },
      "00080005": { vr: "CS", Value: ["ISO_IR 192"] },
    });
    expect(study).not.toHaveProperty("00180050");
    const [series] = await search("/studies/1.2.1/series?Modality=CT&includefield=all");
    expect(series).toMatchObject({
      "00180050": { vr: "DS", Value: [1.5] },
      "00101010": { vr: "AS", Value: ["054Y"] },
    });
    const [instance] = await search(`${SR}&includefield=all`);
    expect(instance).toMatchObject({
      "00191001": { vr: "LO", Value: ["private 2"] },
      "00101010": {},
      "00080060": {},
      "00081140": {},
    });
    expect(instance).not.toHaveProperty("00020010");
  });
});
