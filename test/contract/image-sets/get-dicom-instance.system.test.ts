import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import dicomParser from "dicom-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { openServer, type ServerSandbox } from "../../clients.ts";
import {
  accepting,
  ELE,
  get,
  HTJ2K,
  importInto,
  pathOf,
  type Headers,
  type Instance,
} from "../../healthimaging/dicomweb/instances.ts";
import { settle, updateCommand } from "./image-sets.ts";

const run = promisify(execFile);
const isCurlThere = spawnSync("curl", ["--aws-sigv4", "aws:amz:us-east-1:s3", "--version"]).status === 0;
if (!isCurlThere) process.stderr.write("SKIPPED: the guide's curl command; install curl 7.75 or newer\n");

let sandbox: ServerSandbox;
beforeAll(async () => {
  sandbox = await openServer();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

describe("GetDICOMInstance", () => {
  const [file] = createSampleSeries(1);
  const source = file?.bytes ?? new Uint8Array();
  let instance: Instance;
  let other: string;
  beforeAll(async () => {
    const { datastoreId, imageSetIds } = await importInto(sandbox, "instances", {
      "1.dcm": source,
      "2.dcm": source,
    });
    const dataSet = dicomParser.parseDicom(source);
    const uid = (tag: string): string => dataSet.string(tag) ?? "";
    other = imageSetIds.get("1.dcm") ?? "";
    instance = {
      datastoreId,
      study: uid("x0020000d"),
      series: uid("x0020000e"),
      sop: uid("x00080018"),
      imageSetId: imageSetIds.get("2.dcm") ?? "",
    };
  });

  test.each([
    ["no Accept header", {}],
    ["*/*", { accept: "*/*" }],
    ["application/dicom", { accept: "application/dicom" }],
    ["a Content-Type without a body", { "content-type": "application/dicom+json" }],
    [
      "a signature",
      {
        authorization:
          "AWS4-HMAC-SHA256 Credential=test/20240501/us-east-1/medical-imaging/aws4_request, SignedHeaders=host, Signature=0",
      },
    ],
    ["the host of DICOMweb", { host: "dicom-medical-imaging.us-east-1.amazonaws.com" }],
  ])("answers the instance in Explicit VR Little Endian to a request with %s", async (_, headers) => {
    const { status, headers: answered, body } = await get(sandbox, pathOf(instance), { headers: headers });
    expect(status).toBe(200);
    expect(answered["content-type"]).toBe("application/dicom");
    expect(answered["content-length"]).toBe(String(body.length));
    const dataSet = dicomParser.parseDicom(body);
    expect(dataSet.string("x00020010")).toBe(ELE);
    expect(dataSet.string("x00080018")).toBe(instance.sop);
    const { x7fe00010: pixels } = dataSet.elements;
    const { x7fe00010: original } = dicomParser.parseDicom(source).elements;
    const bytesOf = (bytes: Uint8Array, element: dicomParser.Element | undefined): Buffer =>
      Buffer.from(bytes).subarray(element?.dataOffset, (element?.dataOffset ?? 0) + (element?.length ?? 0));
    expect(bytesOf(body, pixels).equals(bytesOf(source, original))).toBe(true);
  });

  test("is reached through a presigned URL", async () => {
    const credential = encodeURIComponent("test/20240501/us-east-1/medical-imaging/aws4_request");
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Signature=0`;
    expect(
      (await get(sandbox, `${pathOf(instance)}?${query}&imageSetId=${instance.imageSetId}`)).status,
    ).toBe(200);
  });

  test.skipIf(!isCurlThere)("is reached by curl, as in the guide", async () => {
    const url = `${sandbox.emulator.url}${pathOf(instance)}?imageSetId=${instance.imageSetId}`;
    const signed = ["--aws-sigv4", "aws:amz:us-east-1:medical-imaging", "--user", "test:test"];
    const accept = ["--header", `Accept: application/dicom; transfer-syntax=${ELE}`];
    const options = ["--silent", "--fail", "--max-time", "20"];
    const { stdout } = await run("curl", [...options, ...signed, ...accept, url], { encoding: "buffer" });
    expect(dicomParser.parseDicom(new Uint8Array(stdout)).string("x00080018")).toBe(instance.sop);
  });

  test("takes the image set that was updated last, and names the other image sets with the instance", async () => {
    const { headers } = await get(sandbox, pathOf(instance));
    const hint = headers["x-local-hint"] ?? "";
    expect([instance.imageSetId, other].filter((id) => hint.includes(id))).toHaveLength(1);
    const chosen = await get(sandbox, `${pathOf(instance)}?imageSetId=${other}`);
    expect([chosen.status, chosen.headers["x-local-hint"]]).toEqual([200, undefined]);
  });

  test("answers the updated attributes", async () => {
    const { datastoreId, imageSetIds } = await importInto(sandbox, "updated", { "1.dcm": source });
    const imageSetId = imageSetIds.get("1.dcm") ?? "";
    // What is sent says what the frames are, whatever an update says of them.
    const lies = { NumberOfFrames: "99", PhotometricInterpretation: "PALETTE COLOR", BitsAllocated: 8 };
    const { series, sop } = instance;
    const updatable = {
      SchemaVersion: 1.1,
      Patient: { DICOM: { PatientName: "Updated^Name" } },
      Study: { Series: { [series]: { Instances: { [sop]: { DICOM: lies } } } } },
    };
    await sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, "1", { updatable }));
    expect(await settle(sandbox, datastoreId, imageSetId)).toMatchObject({
      imageSetWorkflowStatus: "UPDATED",
    });
    const refused = { SchemaVersion: 1.1, Patient: { DICOM: { PatientName: ["never", "seen"] } } };
    await sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, "2", { updatable: refused }));
    await settle(sandbox, datastoreId, imageSetId);
    const { body } = await get(sandbox, pathOf({ ...instance, datastoreId, imageSetId }));
    const dataSet = dicomParser.parseDicom(body);
    expect(dataSet.string("x00100010")).toBe("Updated^Name");
    expect(dataSet.string("x00280008")).toBe("1");
    expect(dataSet.string("x00280004")).toBe("MONOCHROME2");
    expect(dataSet.uint16("x00280100")).toBe(16);
  });

  test("answers HEAD as GET, without the body", async () => {
    const { status, headers, body } = await get(sandbox, pathOf(instance), { method: "HEAD" });
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers["content-length"]).toBe(String((await get(sandbox, pathOf(instance))).body.length));
  });

  test("allows a page of this machine to send an Accept header", async () => {
    const { status, headers } = await get(sandbox, pathOf(instance), {
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:3000",
        "access-control-request-method": "GET",
        "access-control-request-headers": "accept",
      },
    });
    expect([status, headers["access-control-allow-headers"]]).toEqual([200, "accept"]);
  });

  const unknown = "0".repeat(32);
  test.each<[string, (at: Instance) => string]>([
    ["data store", (at) => pathOf({ ...at, datastoreId: unknown })],
    ["study", (at) => pathOf({ ...at, study: "1.2.3" })],
    ["series", (at) => pathOf({ ...at, series: "1.2.3" })],
    ["instance", (at) => pathOf({ ...at, sop: "1.2.3" })],
    ["image set", (at) => `${pathOf(at)}?imageSetId=${unknown}`],
    ["study in the image set", (at) => `${pathOf({ ...at, study: "1.2" })}?imageSetId=${at.imageSetId}`],
    ["instance in the image set", (at) => `${pathOf({ ...at, sop: "1.2" })}?imageSetId=${at.imageSetId}`],
  ])("answers ResourceNotFoundException for an unknown %s", async (_, path) => {
    await expectError(path(instance), 404, "ResourceNotFoundException");
  });

  test.each<[string, (at: Instance) => string]>([
    ["data store", (at) => pathOf({ ...at, datastoreId: "ABC" })],
    ["study", (at) => pathOf({ ...at, study: "1.02" })],
    ["series", (at) => pathOf({ ...at, series: "1..2" })],
    ["instance", (at) => pathOf({ ...at, sop: `1.${"2".repeat(63)}` })],
    ["instance", (at) => pathOf({ ...at, sop: "%2e%2e%2f%00" })],
    ["image set", (at) => `${pathOf(at)}?imageSetId=`],
    ["image set", (at) => `${pathOf(at)}?imageSetId=${"Z".repeat(32)}`],
  ])("answers ValidationException for a malformed %s", async (_, path) => {
    await expectError(path(instance), 400, "ValidationException");
  });

  test("answers NotAcceptableException for another media type, and names the media types that it has", async () => {
    const { headers } = await expectError(pathOf(instance), 406, "NotAcceptableException", accepting("*"));
    expect(headers["x-local-hint"]).toContain(HTJ2K);
  });

  test.each([
    ["on the host of the runtime API", ""],
    ["where /metadata follows the path", "/metadata"],
    ["where /frames/1 follows the path", "/frames/1"],
  ])("answers UnknownOperationException %s", async (_, tail) => {
    const host: Headers = tail === "" ? { host: "runtime-medical-imaging.us-east-1.amazonaws.com" } : {};
    const { status, body } = await get(sandbox, pathOf(instance) + tail, { headers: host });
    expect([status, body.toString()]).toEqual([404, "<UnknownOperationException/>"]);
  });

  async function expectError(path: string, status: number, code: string, headers: Headers = {}) {
    const response = await get(sandbox, path, { headers });
    expect([response.status, response.headers["x-amzn-errortype"]]).toEqual([status, code]);
    expect(JSON.parse(response.body.toString())).toEqual({ message: expect.any(String) });
    return response;
  }
});
