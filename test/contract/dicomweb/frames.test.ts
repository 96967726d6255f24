import dicomParser from "dicom-parser";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { dicomFile, imageElements, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { controlled as test } from "../../elsewhere.ts";
import { importAll, openDicomweb, type DicomwebSandbox } from "./dicomweb.ts";
import { readParts } from "./multipart.ts";

const ELE = "1.2.840.10008.1.2.1";
const HTJ2K = "1.2.840.10008.1.2.4.202";
const COUNT = 7;
const [ROWS, COLUMNS] = [16, 12];
const frames = Array.from({ length: COUNT }, (_, index) =>
  Buffer.from(
    Uint16Array.from({ length: ROWS * COLUMNS }, (_each, at) => (at * (index + 3) * 37) % 4096).buffer,
  ),
);
const file = dicomFile(
  instanceElements(
    ...imageElements({
      rows: ROWS,
      columns: COLUMNS,
      bitsAllocated: 16,
      bitsStored: 12,
      numberOfFrames: COUNT,
      pixelData: Buffer.concat(frames),
    }),
  ),
);
const octets = (transferSyntax: string) => ({
  accept: `multipart/related; type="application/octet-stream"; transfer-syntax=${transferSyntax}`,
});
const JPHC = { accept: `multipart/related; type="image/jphc"; transfer-syntax=${HTJ2K}` };

let sandbox: DicomwebSandbox;
let path: string;
beforeAll(async () => {
  sandbox = await openDicomweb({ serviceRelease: "2024-05", dicomweb: true });
  const { datastoreId } = await importAll(sandbox, "frames", { "1.dcm": file });
  path = `/datastore/${datastoreId}/studies/1.2.3.4.1/series/1.2.3.4.2/instances/1.2.3.4.3/frames`;
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const get = async (list: string, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await sandbox.get(`${path}/${list}`, headers);
  const { "content-type": contentType = "" } = answer.headers;
  const parts =
    answer.status === 200 && contentType.startsWith("multipart/") ? readParts(contentType, answer.body) : [];
  return { ...answer, contentType, parts };
};

describe("frames", () => {
  test.each([
    ["1", [1]],
    ["7,1,3", [7, 1, 3]],
    ["2%2C4", [2, 4]],
    ["1,2,3,4,5,6,7", [1, 2, 3, 4, 5, 6, 7]],
  ])("%s have the samples of the file, each in a part, in the order of the list", async (list, numbers) => {
    const { status, contentType, parts } = await get(list);
    expect(status).toBe(200);
    expect(contentType).toMatch(
      /^multipart\/related; type="application\/octet-stream"; boundary=[\w-]+; transfer-syntax=1\.2\.840\.10008\.1\.2\.1$/,
    );
    expect(parts.map(({ head }) => head)).toEqual(
      numbers.map(() => `Content-Type: application/octet-stream; transfer-syntax=${ELE}`),
    );
    expect(
      parts.map(({ bytes }, index) => bytes.equals(frames[(numbers[index] ?? 0) - 1] ?? bytes.subarray(1))),
    ).toEqual(numbers.map(() => true));
  });

  test("leave as they are stored, as codestreams, to viewers that ask for these by name or by *", async () => {
    const named = await get("1,2", JPHC);
    expect(named.contentType).toMatch(
      /^multipart\/related; type="image\/jphc"; .*; transfer-syntax=1\.2\.840\.10008\.1\.2\.4\.202$/,
    );
    const anything = await get("1,2", octets('"*"'));
    expect(anything.contentType).toContain(`type="application/octet-stream"`);
    expect(anything.parts.map(({ head }) => head)).toEqual(
      Array(2).fill(`Content-Type: application/octet-stream; transfer-syntax=${HTJ2K}`),
    );
    expect(anything.parts.map(({ bytes }) => bytes)).toEqual(named.parts.map(({ bytes }) => bytes));
    for (const { bytes } of named.parts) expect(bytes.subarray(0, 4).toString("hex")).toBe("ff4fff51");
    const whole = await sandbox.get(path.replace("/frames", ""), {
      accept: `application/dicom; transfer-syntax=${HTJ2K}`,
    });
    const { x7fe00010: pixels } = dicomParser.parseDicom(whole.body).elements;
    const [first] = pixels?.fragments ?? [];
    const fragment = whole.body.subarray(first?.position ?? 0, (first?.position ?? 0) + (first?.length ?? 0));
    expect(fragment.subarray(0, named.parts[0]?.bytes.length).equals(named.parts[0]?.bytes ?? fragment)).toBe(
      true,
    );
  });

  test("are the body itself for a client that asks for one frame without multipart", async () => {
    const { status, contentType, body } = await get("3", { accept: "application/octet-stream" });
    expect([status, contentType]).toEqual([200, `application/octet-stream; transfer-syntax=${ELE}`]);
    expect(body.equals(frames[2] ?? Buffer.alloc(0))).toBe(true);
    const stored = await get("3", { accept: "image/jphc" });
    expect(stored.body.subarray(0, 4).toString("hex")).toBe("ff4fff51");
    expect((await get("3,4", { accept: "application/octet-stream" })).status).toBe(406);
  });

  test.each([
    ["8", 404, "Frame 8 does not exist in instance 1.2.3.4.3, which has 7 frames"],
    ["1,1", 400, "Frame 1 is more than once in the list of frames"],
    ["0", 400, "frameList"],
    ["1,", 400, "frameList"],
    ["one", 400, "frameList"],
    ["1;2", 400, "frameList"],
  ])("%s are refused", async (list, status, message) => {
    const answer = await get(list);
    expect([answer.status, answer.json()]).toEqual([
      status,
      { message: expect.stringContaining(message) as string },
    ]);
  });

  test("of many bytes are sent while they are read, with their length", async () => {
    const many = Array.from({ length: 20 }, (_, index) => Buffer.alloc(512 * 512, index + 1));
    const image = { rows: 512, columns: 512, numberOfFrames: 20, pixelData: Buffer.concat(many) };
    const large = dicomFile(instanceElements(...imageElements(image)));
    const { datastoreId } = await importAll(sandbox, "many-frames", { "1.dcm": large });
    const numbers = many.map((_, index) => index + 1).toReversed();
    const url = `${path.replace(/\w{32}/, datastoreId)}/${numbers.join(",")}`;
    const { headers, body } = await sandbox.get(url);
    expect(headers["content-length"]).toBe(String(body.length));
    const parts = readParts(headers["content-type"] ?? "", body).map(({ bytes }) => bytes);
    expect(parts.map((bytes, index) => bytes.equals(many.at(-1 - index) ?? bytes.subarray(1)))).toEqual(
      many.map(() => true),
    );
  });

  test("of an instance without pixel data do not exist", async () => {
    const empty = dicomFile(instanceElements());
    const { datastoreId } = await importAll(sandbox, "no-frames", { "1.dcm": empty });
    const { status, json } = await sandbox.get(path.replace(/\w{32}/, datastoreId) + "/1");
    expect([status, json()]).toEqual([
      404,
      { message: expect.stringContaining("which has 0 frames") as string },
    ]);
  });

  test("of signed samples of the sample series equal the pixels of its file", async () => {
    const [slice] = createSampleSeries(1);
    const bytes = Buffer.from(slice?.bytes ?? new Uint8Array());
    const { datastoreId, imageSetIds } = await importAll(sandbox, "sample-frames", { "1.dcm": bytes });
    const uid = "2.25.291834617234511289.1";
    const instance = `/datastore/${datastoreId}/studies/${uid}/series/${uid}.1/instances/${uid}.1.1`;
    const { headers, body } = await sandbox.get(`${instance}/frames/1?imageSetId=${imageSetIds[0]}`);
    const [part] = readParts(headers["content-type"] ?? "", body);
    const { x7fe00010: pixels } = dicomParser.parseDicom(bytes).elements;
    const [offset, length] = [pixels?.dataOffset ?? 0, pixels?.length ?? 0];
    expect(part?.bytes.equals(bytes.subarray(offset, offset + length))).toBe(true);
  });
});
