import { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { partsOf } from "../../../src/local/scenarios/faults/parts/read-parts.ts";
import { createEmulator } from "../../../src/index.ts";
import { importAll, openDicomweb, type DicomwebSandbox } from "../../contract/dicomweb/dicomweb.ts";
import { readParts } from "../../contract/dicomweb/multipart.ts";
import { readDocuments, withCode } from "../../documents.ts";
import { dicomFile, imageElements, instanceElements } from "../../imaging/dicom/write-dicom.ts";

/** Of docs/guide/dicomweb.md. */
const RULE = "multipart: { how: cut, fraction: 0.25 }";

const COUNT = 4;
const FRAME_BYTES = 64;
const frames = Array.from({ length: COUNT }, (_, index) => Buffer.alloc(FRAME_BYTES, index + 1));
const file = dicomFile(
  instanceElements(
    ...imageElements({ rows: 8, columns: 8, numberOfFrames: COUNT, pixelData: Buffer.concat(frames) }),
  ),
);
const INSTANCE = "/studies/1.2.3.4.1/series/1.2.3.4.2/instances/1.2.3.4.3";

describe("of DICOMweb's frames", () => {
  let sandbox: DicomwebSandbox;
  let store: string;
  beforeAll(async () => {
    sandbox = await openDicomweb({ dicomweb: true });
    const { datastoreId } = await importAll(sandbox, "faults", { "1.dcm": file });
    store = `/datastore/${datastoreId}`;
  });
  afterEach(async () => {
    await sandbox.emulator.control.scenarios.removeAll();
    await sandbox.emulator.control.clock.resume();
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  const read = async (list: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await sandbox.get(`${store}${INSTANCE}/frames/${list}`, headers);
    const { "content-type": contentType = "", "content-length": length } = answer.headers;
    return { ...answer, length, parts: () => readParts(contentType, answer.body).map(({ bytes }) => bytes) };
  };
  const play = (effect: object, match: object = {}) =>
    sandbox.emulator.control.scenarios.put(
      "test",
      { rules: [{ id: "r", match: { op: "GetDICOMInstanceFrames", ...match }, effects: [effect] }] },
      { activate: true },
    );
  const preset = (name: string) => sandbox.emulator.control.scenarios.activate(name);
  const framesOf = (...numbers: readonly number[]) => numbers.map((number) => frames[number - 1]);

  test("dicomweb-part-missing: the last frame of a list is missing, and the answer is well-formed", async () => {
    await preset("dicomweb-part-missing");
    const { status, length, parts } = await read("1,2,3,4");
    expect([status, length, parts()]).toEqual([200, undefined, framesOf(1, 2, 3)]);
    expect((await read("2")).parts()).toEqual([]);
  });

  test("dicomweb-part-cut: the last frame of a list is half a frame", async () => {
    await preset("dicomweb-part-cut");
    const { status, parts } = await read("1,2");
    expect([status, parts()]).toEqual([200, [frames[0], frames[1]?.subarray(0, FRAME_BYTES / 2)]]);
  });

  test("dicomweb-throttle: frames beyond two at once are a 429 for a while", async () => {
    await sandbox.emulator.control.clock.freeze();
    await preset("dicomweb-throttle");
    expect([(await read("1")).status, (await read("1")).status]).toEqual([200, 200]);
    const { status, headers } = await read("1");
    expect([status, headers["x-amzn-errortype"], headers["retry-after"]]).toEqual([
      429,
      "ThrottlingException",
      "1",
    ]);
    await sandbox.emulator.control.clock.advance("1s");
    expect((await read("1")).status).toBe(200);
  });

  test("dicomweb-metadata-late: metadata comes five seconds late, and frames at once", async () => {
    await sandbox.emulator.control.clock.freeze();
    await preset("dicomweb-metadata-late");
    let isThere = false;
    const late = sandbox.get(`${store}${INSTANCE}/metadata`).then((answer) => ((isThere = true), answer));
    expect((await read("1")).status).toBe(200);
    await sandbox.emulator.control.clock.advance("4900ms");
    expect((await read("1")).status).toBe(200);
    expect(isThere).toBe(false);
    await sandbox.emulator.control.clock.advance("200ms");
    expect((await late).status).toBe(200);
  });

  test.each([
    [{ how: "missing", part: 1 }, "3,1", [frames[0]]],
    [{ how: "missing", part: 3 }, "3,1", framesOf(3, 1)],
    [{ how: "cut", part: 1, bytes: 3 }, "2,4", [frames[1]?.subarray(0, 3), frames[3]]],
    [{ how: "cut", bytes: 1_000 }, "2,4", [frames[1], frames[3]?.subarray(0, FRAME_BYTES - 1)]],
  ])("%j is what a client sees of %s", async (options, list, expected) => {
    await play({ multipart: options });
    expect((await read(list)).parts()).toEqual(expected);
  });

  test("an answer without parts does not change, nor does one of another instance", async () => {
    await play({ multipart: { how: "missing" } });
    expect((await read("2", { accept: "application/octet-stream" })).body).toEqual(frames[1]);
    await play({ multipart: { how: "missing" } }, { instance: "1.2.3.4.4" });
    expect((await read("2")).parts()).toEqual(framesOf(2));
    await play({ multipart: { how: "missing" } }, { instance: "1.2.3.*", study: "1.2.3.4.1" });
    expect((await read("2")).parts()).toEqual([]);
  });

  test.each(withCode(readDocuments(), RULE))(
    "the rule of the page ($version) cuts the instance that it names",
    async (edition) => {
      await sandbox.emulator.control.scenarios.put("page", edition.run(RULE), { activate: true });
      expect((await read("1")).parts()).toEqual([frames[0]?.subarray(0, FRAME_BYTES / 4)]);
    },
  );

  test.each([
    [{ how: "missing", bytes: 3 }, "bytes and fraction need how: cut"],
    [{ how: "cut", bytes: 3, fraction: 0.1 }, "expects bytes or fraction, not both"],
  ])("%j is refused", async (options, message) => {
    await expect(play({ multipart: options })).rejects.toThrow(message);
  });
});

test("a preset for an operation that the release lacks says what to start with", async () => {
  await using emulator = await createEmulator({ serviceRelease: "2024-05" });
  await expect(emulator.control.scenarios.activate("dicomweb-part-missing")).rejects.toThrow(
    /GetDICOMInstanceFrames is not served.*--service-release 2026-06, or with --dicomweb/s,
  );
});

test("parts are found however a body is cut into chunks", async () => {
  const delimiter = Buffer.from("\r\n--b");
  const text = fc
    .stringMatching(/^[\r\n\-bc]{0,12}$/)
    .filter((part) => !`\r\n${part}\r\n`.includes("\r\n--b"));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 4 }), fc.array(fc.nat(60)), async (parts, cuts) => {
      const body = Buffer.from(`--b${parts.map((part) => `\r\n${part}\r\n--b`).join("")}--\r\n`);
      const ends = [...cuts.filter((cut) => cut < body.length), body.length].toSorted((a, b) => a - b);
      const chunks = ends.map((end, index) => body.subarray(ends[index - 1] ?? 0, end));
      const found: string[] = [];
      for await (const part of partsOf(Readable.from(chunks, { objectMode: false }), delimiter))
        found.push(part.toString());
      expect(found).toEqual(parts.map((part) => `\r\n${part}`));
    }),
  );
});
