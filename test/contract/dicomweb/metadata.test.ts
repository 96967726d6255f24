import { afterAll, beforeAll, describe, expect } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import {
  dicomFile,
  element,
  imageElements,
  instanceElements,
  sequence,
} from "../../imaging/dicom/write-dicom.ts";
import { controlled as test } from "../../elsewhere.ts";
import { importAll, openDicomweb, type DicomwebSandbox } from "./dicomweb.ts";

const JSON_TYPE = { accept: "application/dicom+json" };
const SERIES = "/studies/1.2.3.4.1/series/1.2.3.4.2";
const INSTANCE = `${SERIES}/instances/1.2.3.4.3`;
/** Of the sample series. */
const SAMPLE = "/studies/2.25.291834617234511289.1/series/2.25.291834617234511289.1.1";

type Json = Readonly<
  Record<string, { vr: string; Value?: unknown[]; InlineBinary?: string; BulkDataURI?: string }>
>;

const large = Buffer.alloc(2 ** 20 + 2, "large ");
const larger = Buffer.alloc(2 ** 20 + 4, "larger");
const largest = Buffer.alloc(2 ** 20, "inline");
const file = dicomFile(
  instanceElements(
    element("00080005", "CS", "ISO_IR 192"),
    element("00100010", "PN", Buffer.from("Yamada^Tarou=山田^太郎")),
    element("00200013", "IS", "7"),
    element("00090010", "LO", "ACME"),
    element("00091001", "OB", large),
    element("00091002", "OB", largest),
    element("00091003", "FD", [1.5]),
    sequence("00400275", [[element("00090010", "LO", "ACME"), element("00091001", "OB", larger)]]),
    ...imageElements({
      rows: 2,
      columns: 2,
      samplesPerPixel: 3,
      planarConfiguration: 0,
      photometricInterpretation: "YBR_FULL",
      pixelData: Buffer.alloc(12, 100),
    }),
  ),
);

let sandbox: DicomwebSandbox;
beforeAll(async () => {
  sandbox = await openDicomweb({ serviceRelease: "2024-05", dicomweb: true });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

describe("the metadata of an instance", () => {
  let store: string;
  let json: Json;
  beforeAll(async () => {
    const { datastoreId } = await importAll(sandbox, "metadata", { "1.dcm": file });
    store = `/datastore/${datastoreId}`;
    const { status, headers, json: read } = await sandbox.get(`${store}${INSTANCE}/metadata`, JSON_TYPE);
    expect([status, headers["content-type"]]).toEqual([200, "application/dicom+json"]);
    const all = read() as Json[];
    expect(all).toHaveLength(1);
    json = all[0] ?? {};
  });

  test("has every element in the DICOM JSON Model, with its original photometric interpretation", () => {
    expect(json).toMatchObject({
      "00080018": { vr: "UI", Value: ["1.2.3.4.3"] },
      "00100010": { vr: "PN", Value: [{ Alphabetic: "Yamada^Tarou", Ideographic: "山田^太郎" }] },
      "00200013": { vr: "IS", Value: [7] },
      "00280004": { vr: "CS", Value: ["YBR_FULL"] },
      "00280010": { vr: "US", Value: [2] },
    });
  });

  test("has neither pixel data nor file meta information but the transfer syntax that is stored", () => {
    expect(Object.keys(json).filter((tag) => /^(?:0002|7FE0)/.test(tag))).toEqual(["00020010"]);
    expect(json["00020010"]).toEqual({ vr: "UI", Value: ["1.2.840.10008.1.2.4.202"] });
  });

  test("has bytes of up to 1 MB, and where more are read, also those in sequences", async () => {
    expect(json["00091002"]?.InlineBinary).toBe(largest.toString("base64"));
    const [item] = (json["00400275"]?.Value ?? []) as Json[];
    for (const [value, expected] of [
      [json["00091001"], large],
      [item?.["00091001"], larger],
    ] as const) {
      const { BulkDataURI = "" } = value ?? {};
      const [, path = ""] = /^http:\/\/localhost:4464(\/.*)$/.exec(BulkDataURI) ?? [];
      expect(path.replace(/[0-9a-f]{32}$/, "ID")).toBe(`${store}${INSTANCE}/bulkdata/ID`);
      const { status, headers, body } = await sandbox.get(path, { accept: "application/octet-stream" });
      expect([status, headers["content-type"]]).toEqual([200, "application/octet-stream"]);
      expect(body.equals(expected)).toBe(true);
    }
  });

  test("is not there for other UIDs, and bulk data not for other ids", async () => {
    for (const path of [
      `${SERIES}/instances/9/metadata`,
      `/studies/9/series/1.2.3.4.2/metadata`,
      `/studies/1.2.3.4.1/series/9/metadata`,
      `${INSTANCE}/bulkdata/${"0".repeat(32)}`,
    ]) {
      const { status, headers } = await sandbox.get(store + path);
      expect([status, headers["x-amzn-errortype"]]).toEqual([404, "ResourceNotFoundException"]);
    }
    const { status } = await sandbox.get(`${store}${INSTANCE}/bulkdata/NO-ID`);
    expect(status).toBe(400);
  });

  test.each([
    ["application/dicom+json, multipart/related; type=application/octet-stream", "metadata"],
    ["application/json", "metadata"],
    ["application/dicom+json; q=0", "metadata"],
    ["application/dicom+json", `bulkdata/${"0".repeat(32)}`],
  ])("is not sent as %s", async (accept, tail) => {
    const { status, headers } = await sandbox.get(`${store}${INSTANCE}/${tail}`, { accept });
    expect([status, headers["x-amzn-errortype"]]).toEqual([406, "NotAcceptableException"]);
  });

  test.each(["", "*/*", "application/*", "application/dicom+json; charset=utf-8, text/html"])(
    "is sent to a client that accepts %j",
    async (accept) => {
      const { status, headers } = await sandbox.get(`${store}${INSTANCE}/metadata`, {
        accept,
        "content-type": "application/dicom+json",
      });
      expect(status).toBe(200);
      for (const name of ["cache-control", "etag", "last-modified"]) expect(headers).not.toHaveProperty(name);
    },
  );
});

describe("the metadata of a series", () => {
  const slices = createSampleSeries(3);
  const files = Object.fromEntries(slices.map(({ name, bytes }) => [name, bytes]));
  const uidsOf = (json: unknown): unknown[] => (json as Json[]).map((each) => each["00080018"]?.Value?.[0]);
  const UIDS = [1, 2, 3].map((index) => `2.25.291834617234511289.1.1.${index}`);

  test("has each instance once, of the most recently updated image set, before there were primary ones", async () => {
    const { datastoreId } = await importAll(sandbox, "series-twice", {
      ...files,
      "again.dcm": slices[0]?.bytes ?? new Uint8Array(),
    });
    const path = `/datastore/${datastoreId}${SAMPLE}/metadata`;
    const uids = uidsOf((await sandbox.get(path, JSON_TYPE)).json());
    expect(uids).toHaveLength(3);
    expect(new Set(uids)).toEqual(new Set(UIDS));
  });
});
