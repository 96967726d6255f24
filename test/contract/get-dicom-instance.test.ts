import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { GetImageSetMetadataCommand } from "@aws-sdk/client-medical-imaging";
import dicomParser from "dicom-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPhantomSeries } from "../../src/client/phantom.ts";
import type { MetadataDocument } from "../../src/domain/metadata-document.ts";
import { createActiveDatastore, importFiles, openSandbox, readLines, type Sandbox } from "../clients.ts";
import { corpus, type GoldenFile } from "../corpus.ts";
import { dicomFile, imageElements, instanceElements } from "../dicom/write-dicom.ts";
import { isJudgeThere, judge, JUDGE } from "../judge.ts";

const PYTHON = "/usr/bin/python3";
const isPydicomThere = spawnSync(PYTHON, ["-c", "import pydicom"]).status === 0;
const isDcmtkThere = spawnSync("dcmdump", ["--version"]).status === 0;
if (!isPydicomThere) process.stderr.write("SKIPPED: instances judged by pydicom; install python3-pydicom\n");
if (!isDcmtkThere) process.stderr.write("SKIPPED: instances judged by dcmdump; install dcmtk\n");

const ELE = "1.2.840.10008.1.2.1";
const HTJ2K = "1.2.840.10008.1.2.4.202";
const accepting = (uid: string) => ({ accept: `application/dicom; transfer-syntax=${uid}` });

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openSandbox();
  folder = mkdtempSync(join(tmpdir(), "healthimaging-local-instance-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sandbox[Symbol.asyncDispose]();
});

interface Instance {
  readonly datastoreId: string;
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly imageSetId: string;
}

const pathOf = ({ datastoreId, study, series, sop }: Instance): string =>
  `/datastore/${datastoreId}/studies/${study}/series/${series}/instances/${sop}`;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Headers = Readonly<Record<string, string>>;

/** Not fetch: that sets Host itself. Rejects where the connection ends before the body does. */
function get(path: string, { method = "GET", headers = {} } = {}, { emulator } = sandbox): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(emulator.url + path, { method, headers }, (response) => {
      buffer(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body }),
        reject,
      );
    });
    asked.on("error", reject).end();
  });
}

/** Imports files into a new data store; by name, where each of them went. */
async function importInto(
  bucket: string,
  files: Record<string, Uint8Array>,
  into: Sandbox = sandbox,
): Promise<{ datastoreId: string; imageSetIds: Map<string, string> }> {
  const datastoreId = await createActiveDatastore(into.medicalImaging);
  const { job } = await importFiles(into, datastoreId, bucket, files);
  const successes = (await readLines(into.s3, `${job.outputS3Uri}SUCCESS/success.ndjson`)) as {
    inputFile: string;
    importResponse: { imageSetId: string };
  }[];
  return {
    datastoreId,
    imageSetIds: new Map(
      successes.map(({ inputFile, importResponse }) => [inputFile.slice(6), importResponse.imageSetId]),
    ),
  };
}

describe("GetDICOMInstance", () => {
  const [file] = createPhantomSeries(1);
  const source = file?.bytes ?? new Uint8Array();
  let instance: Instance;
  let other: string;
  beforeAll(async () => {
    const { datastoreId, imageSetIds } = await importInto("instances", { "1.dcm": source, "2.dcm": source });
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
    ["no Accept of its own", {}],
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
  ])("with %s answers the instance in Explicit VR Little Endian", async (_, headers) => {
    const { status, headers: answered, body } = await get(pathOf(instance), { headers: headers });
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
    expect((await get(`${pathOf(instance)}?${query}&imageSetId=${instance.imageSetId}`)).status).toBe(200);
  });

  test("takes the image set that was updated last, and names the others", async () => {
    const { headers } = await get(pathOf(instance));
    const hint = headers["x-local-hint"] ?? "";
    expect([instance.imageSetId, other].filter((id) => hint.includes(id))).toHaveLength(1);
    const chosen = await get(`${pathOf(instance)}?imageSetId=${other}`);
    expect([chosen.status, chosen.headers["x-local-hint"]]).toEqual([200, undefined]);
  });

  test("answers HEAD as GET, without the body", async () => {
    const { status, headers, body } = await get(pathOf(instance), { method: "HEAD" });
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers["content-length"]).toBe(String((await get(pathOf(instance))).body.length));
  });

  test("lets a page of this machine ask with its Accept", async () => {
    const { status, headers } = await get(pathOf(instance), {
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
  ])("of an unknown %s is a ResourceNotFoundException", async (_, path) => {
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
  ])("of a malformed %s is a ValidationException", async (_, path) => {
    await expectError(path(instance), 400, "ValidationException");
  });

  test("in another form is a NotAcceptableException that says what there is", async () => {
    const { headers } = await expectError(pathOf(instance), 406, "NotAcceptableException", accepting("*"));
    expect(headers["x-local-hint"]).toContain(HTJ2K);
  });

  test.each(["", "/metadata", "/frames/1"])(
    "with %s behind, or on other hosts, is no operation",
    async (tail) => {
      const host: Headers = tail === "" ? { host: "runtime-medical-imaging.us-east-1.amazonaws.com" } : {};
      await expectError(pathOf(instance) + tail, 404, "UnknownOperationException", host);
    },
  );

  async function expectError(path: string, status: number, code: string, headers: Headers = {}) {
    const response = await get(path, { headers });
    expect([response.status, response.headers["x-amzn-errortype"]]).toEqual([status, code]);
    expect(JSON.parse(response.body.toString())).toEqual({ message: expect.any(String) });
    return response;
  }
});

interface Compared {
  readonly differences: readonly [path: string, before: string | null, after: string | null][];
  readonly isAscending: boolean;
  readonly fileMeta: Readonly<Record<string, string>>;
  readonly crc32: readonly number[];
}

describe.skipIf(corpus === undefined || !isPydicomThere)("GetDICOMInstance of the real DICOM files", () => {
  const files = (corpus?.files ?? []).filter(({ path }) => !path.startsWith("broken/"));
  const golden = new Map(files.map((file) => [file.path, file]));
  let imported: string[] = [];
  const written = new Map<string, string>();
  let compared: Map<string, Compared>;

  beforeAll(async () => {
    const bodies = files.map(({ path }) => [path, readFileSync(join(corpus?.folder ?? "", path))] as const);
    const { datastoreId, imageSetIds } = await importInto("corpus", Object.fromEntries(bodies));
    imported = [...imageSetIds.keys()];
    for (const [path, imageSetId] of imageSetIds) {
      for (const uid of [ELE, HTJ2K]) {
        const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = golden.get(path) as GoldenFile;
        const at = { datastoreId, study: studyInstanceUID, series: seriesInstanceUID, sop: sopInstanceUID };
        const query = `?imageSetId=${imageSetId}`;
        const { status, headers, body } = await get(pathOf(at as Instance) + query, {
          headers: accepting(uid),
        });
        expect([path, status, headers["content-length"]]).toEqual([path, 200, String(body.length)]);
        const name = join(folder, `${path.replaceAll("/", "_")}.${uid}`);
        writeFileSync(name, body);
        written.set(`${path} ${uid}`, name);
      }
    }
    const pairs = [...written].map(([key, name]) => [
      join(corpus?.folder ?? "", key.split(" ")[0] ?? ""),
      name,
    ]);
    const script = join(import.meta.dirname, "../dicomweb/compare-instances.py");
    const output = execFileSync(PYTHON, [script], { input: JSON.stringify(pairs), maxBuffer: 2 ** 28 });
    const results = JSON.parse(output.toString()) as Compared[];
    compared = new Map([...written.keys()].map((key, index) => [key, results[index] as Compared]));
  });

  test("is there for every file that was imported", () => {
    expect(imported.length).toBeGreaterThan(20);
    expect(written.size).toBe(2 * imported.length);
  });

  test.each([ELE, HTJ2K])("as %s has the elements of the source, in ascending order", (uid) => {
    for (const path of imported) {
      const { differences, isAscending, fileMeta } = compared.get(`${path} ${uid}`) as Compared;
      const left = differences.filter(([name, before, after]) => !isAllowed(uid, name, before, after));
      expect({ path, left, isAscending }).toEqual({ path, left: [], isAscending: true });
      expect(fileMeta).toMatchObject({
        TransferSyntaxUID: uid,
        MediaStorageSOPInstanceUID: golden.get(path)?.sopInstanceUID,
      });
    }
  });

  test("has the golden pixels, natively", () => {
    for (const path of imported) {
      const { crc32 } = compared.get(`${path} ${ELE}`) as Compared;
      const expected = golden.get(path)?.frames.map((frame) => frame.crc32Normalized ?? frame.crc32);
      expect({ path, crc32 }).toEqual({ path, crc32: expected });
    }
  });

  test.skipIf(!isJudgeThere)(`has the golden pixels in each fragment, as ${JUDGE} decodes them`, async () => {
    for (const path of imported.filter((name) => golden.get(name)?.frames.length)) {
      const dataSet = dicomParser.parseDicom(
        new Uint8Array(readFileSync(written.get(`${path} ${HTJ2K}`) ?? "")),
      );
      const element = dataSet.elements["x7fe00010"] as dicomParser.Element;
      const { frames = [], bitsAllocated } = golden.get(path) ?? {};
      expect([path, element.basicOffsetTable?.length]).toEqual([path, frames.length]);
      for (const [index, { crc32, crc32Normalized }] of frames.entries()) {
        const codestream = dicomParser.readEncapsulatedImageFrame(dataSet, element, index);
        const { checksum } = await judge(new Uint8Array(codestream), { bitsAllocated: bitsAllocated ?? 8 });
        expect({ path, index, checksum }).toEqual({ path, index, checksum: crc32Normalized ?? crc32 });
      }
    }
  });

  test.skipIf(!isDcmtkThere)("is read by dcmdump without a warning of its making", () => {
    const names = [...written.values()];
    const { status, stderr } = spawnSync("dcmdump", ["-q", ...names], { maxBuffer: 2 ** 28 });
    expect([status, stderr.toString()]).toEqual([0, ""]);
  });
});

/** What is as it is sent, not as it came; and the patient block, which is always there. */
function isAllowed(uid: string, name: string, before: string | null, after: string | null): boolean {
  if (/(^|\.)00080005$/.test(name)) return after === "CS 'ISO_IR 192'";
  if (name === "00280006") return before === "US 1" && after === "US 0";
  if (name === "00280004") return uid === HTJ2K && before === "CS 'RGB'" && after === "CS 'YBR_RCT'";
  return /^001000(10|20|30|40)$/.test(name) && before === null && after?.endsWith("None") === true;
}

describe("GetDICOMInstance of an image with a frame that is not what it was", () => {
  const frames = Array.from({ length: 3 }, (_, at) => Buffer.alloc(64 * 64, at + 1));
  const image = { rows: 64, columns: 64, numberOfFrames: 3, pixelData: Buffer.concat(frames) };
  const file = dicomFile(instanceElements(...imageElements(image)));

  test.each([
    [0, "is an error"],
    [1, "ends the connection"],
  ])("the one at %d: %s", async (damaged) => {
    await using own = await openSandbox({ data: join(folder, `data-${damaged}`) });
    const { datastoreId, imageSetIds } = await importInto("damaged", { "1.dcm": file }, own);
    const imageSetId = imageSetIds.get("1.dcm") ?? "";
    const frameIds = await frameIdsOf(own, datastoreId, imageSetId);
    const pathTo = (at: number): string =>
      join(folder, `data-${damaged}`, "datastores", datastoreId, "frames", `${frameIds[at]}.jhc`);
    copyFileSync(pathTo(2), pathTo(damaged));
    const path = pathOf({
      datastoreId,
      imageSetId,
      study: "1.2.3.4.1",
      series: "1.2.3.4.2",
      sop: "1.2.3.4.3",
    });
    const answer = get(path, {}, own);
    if (damaged === 0) {
      expect((await answer).headers["x-amzn-errortype"]).toBe("InternalServerException");
    } else {
      await expect(answer).rejects.toThrow("aborted");
    }
    expect((await get(path, { headers: accepting(HTJ2K) }, own)).status).toBe(200);
  });

  async function frameIdsOf({ medicalImaging }: Sandbox, datastoreId: string, imageSetId: string) {
    const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId });
    const { imageSetMetadataBlob } = await medicalImaging.send(command);
    const { Study } = JSON.parse(
      gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "").toString(),
    ) as MetadataDocument;
    const instances = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances));
    return instances.flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID));
  }
});
