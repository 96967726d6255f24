import { setImmediate } from "node:timers/promises";
import {
  CopyImageSetCommand,
  CreateDatastoreCommand,
  GetDatastoreCommand,
  GetImageSetCommand,
  ListDatastoresCommand,
  SearchImageSetsCommand,
  TagResourceCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServerLog } from "../../../src/app/cli/server-log.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, importFiles, openServer, runJob, type ServerSandbox } from "../../clients.ts";
import { findImageSets, updateCommand } from "../../contract/image-sets/image-sets.ts";

let lines: string[];
let sandbox: ServerSandbox;
const client = () => sandbox.medicalImaging;
/** Lines with a text, without their time, ids and durations. */
const linesWith = (text: string): string[] =>
  lines
    .filter((line) => line.includes(text))
    .map((line) =>
      line
        .trimEnd()
        .replace(/^\S+ {2}/, "")
        .replaceAll(/\b[0-9a-f]{32}\b/g, "ID")
        .replace(/ {2}[\d.]+ ms.*$/, ""),
    );
const play = async (yaml: string): Promise<void> => {
  const body = new TextEncoder().encode(yaml);
  const url = `${sandbox.emulator.url}/_local/scenarios/nightly?activate=1`;
  const answer = await fetch(url, { method: "PUT", body });
  if (!answer.ok) throw new Error(await answer.text());
};

beforeEach(async () => {
  lines = [];
  const { log, onRequest } = createServerLog(
    { level: "info", format: "text" },
    { write: (line) => void lines.push(line) },
  );
  sandbox = await openServer({ log, onRequest });
});
afterEach(() => sandbox[Symbol.asyncDispose]());

/** Another value of an attribute of VR US in explicit VR little endian. */
function withUint16(file: Uint8Array, element: number, value: number): Uint8Array {
  const bytes = Buffer.from(file);
  const at = bytes.indexOf(Buffer.from([0x28, 0, element & 0xff, element >> 8, 0x55, 0x53, 2, 0]));
  bytes.writeUInt16LE(value, at + 8);
  return bytes;
}
const BITS_ALLOCATED = 0x0100;

describe("the end of an import job", () => {
  const [one, two, three, four] = createSampleSeries(4).map(({ bytes }) => bytes) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];

  test("says how many files were refused, for which reasons", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    await importFiles(sandbox, datastoreId, "mixed", {
      "DOE^JANE/1.dcm": one,
      "2.dcm": withUint16(two, BITS_ALLOCATED, 12),
      "3.dcm": withUint16(three, BITS_ALLOCATED, 1),
      "4.dcm": withUint16(four, BITS_ALLOCATED, 1),
      "notes.txt": "DOE^JANE",
    });
    expect(linesWith("COMPLETED")).toEqual([
      "import job ID is COMPLETED  1 of 5 files, 4 refused: binary segmentation (2), BitsAllocated 12 (1), DICOM attributes does not exist (1)",
    ]);
  });

  test("counts the files where none was refused", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    await importFiles(sandbox, datastoreId, "good", { "1.dcm": one, "2.dcm": two });
    expect(linesWith("COMPLETED")).toEqual(["import job ID is COMPLETED  2 of 2 files"]);
  });

  test("says that the input folder is empty", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    await importFiles(sandbox, datastoreId, "empty", {});
    expect(linesWith("COMPLETED")).toEqual([
      "import job ID is COMPLETED  0 of 0 files: no object is below the inputS3Uri of the job",
    ]);
  });

  test("says why the job is FAILED, without the key that its client chose", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    await runJob(sandbox.medicalImaging, datastoreId, "s3://none/DOE/", "s3://none/DOE/", { jobName: "DOE" });
    expect(linesWith("FAILED")).toEqual([
      "import job ID is FAILED: DICOM import job has failed. Output bucket none does not exist",
    ]);
    expect(lines.join("")).not.toContain("DOE");
  });

  test("names the rule of a scenario that refused files, or had the job fail", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    await play(
      "rules: [{ id: bad, match: { file: '**/2.dcm' }, effects: [{ importFile: { exceptionType: ValidationException, message: bad file } }] }]",
    );
    await importFiles(sandbox, datastoreId, "bad", { "1.dcm": one, "2.dcm": two });
    expect(linesWith("COMPLETED")).toEqual([
      "import job ID is COMPLETED  1 of 2 files, 1 refused: bad file [fault nightly/bad] (1)",
    ]);
    await play(
      "rules: [{ id: dies, match: { transition: { resource: importJob, from: IN_PROGRESS } }, effects: [{ fail: { message: no } }] }]",
    );
    await runJob(sandbox.medicalImaging, datastoreId, "s3://bad/input", "s3://bad/output");
    expect(linesWith("FAILED")).toEqual(["import job ID is FAILED: no [fault nightly/dies#1]"]);
  });
});

describe("an image set that fails", () => {
  test("is in the log with the message, without what the payload named", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const files = Object.fromEntries(createSampleSeries(1).map(({ name, bytes }) => [name, bytes]));
    await importFiles(sandbox, datastoreId, "one", files);
    const [imageSetId = ""] = await findImageSets(sandbox, datastoreId);
    const update = async (version: string, DICOM: object) => {
      await client().send(
        updateCommand(datastoreId, imageSetId, version, {
          updatable: { SchemaVersion: 1.1, Patient: { DICOM } },
        }),
      );
      await setImmediate();
      await expect
        .poll(
          async () => (await client().send(new GetImageSetCommand({ datastoreId, imageSetId }))) as object,
        )
        .toMatchObject({ imageSetState: "ACTIVE" });
    };
    await update("1", { StudyInstanceUID: "1.2.3" });
    await update("2", { DOE: "JANE" });
    expect(linesWith("UPDATE_FAILED")).toEqual([
      "image set ID is UPDATE_FAILED: INVALID_REQUEST:  DICOM attribute StudyInstanceUID cannot be updated or removed",
      expect.stringMatching(/^image set ID is UPDATE_FAILED: INVALID_REQUEST: {2}DICOM attribute \.\.\. /),
    ]);
    expect(lines.join("")).not.toMatch(/DOE|JANE/);
  });

  test("is in the log once for each image set of a copy", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const [file] = createSampleSeries(1);
    if (file === undefined) throw new Error("there is one");
    await importFiles(sandbox, datastoreId, "twice", { "1.dcm": file.bytes });
    await runJob(sandbox.medicalImaging, datastoreId, "s3://twice/input", "s3://twice/output");
    const [sourceImageSetId = "", imageSetId = ""] = await findImageSets(sandbox, datastoreId);
    await client().send(
      new CopyImageSetCommand({
        datastoreId,
        sourceImageSetId,
        copyImageSetInformation: {
          sourceImageSet: { latestVersionId: "1" },
          destinationImageSet: { imageSetId, latestVersionId: "1" },
        },
      }),
    );
    const failed =
      "image set ID is COPY_FAILED: INVALID_REQUEST:  SOPInstanceUID ... is in SourceImageSet and in DestinationImageSet.";
    await expect.poll(() => linesWith("COPY_FAILED")).toEqual([failed, failed]);
  });
});

describe("a refused call", () => {
  const refused = (call: Promise<unknown>): Promise<void> => expect(call).rejects.toThrow();

  test("is in the log with its message and its hint", async () => {
    const datastoreId = "0".repeat(32);
    await refused(client().send(new GetDatastoreCommand({ datastoreId })));
    await sandbox.emulator.control.limits.set({ deny: ["medical-imaging:List*"] });
    await refused(client().send(new ListDatastoresCommand({})));
    expect(linesWith("Exception")).toEqual([
      "GetDatastore 404 ResourceNotFoundException: Data store ID does not exist",
      expect.stringMatching(
        /^ListDatastores 403 AccessDeniedException: User: .* is not authorized to perform: .* \(denied by 'medical-imaging:List\*' of --deny/,
      ),
    ]);
  });

  test("does not repeat what it carried", async () => {
    const name = "DOE^JANE";
    await refused(client().send(new CreateDatastoreCommand({ datastoreName: name })));
    await refused(
      client().send(new TagResourceCommand({ resourceArn: `arn:${name}`, tags: { [name]: name } })),
    );
    const filter = { values: [{ DICOMPatientId: name.repeat(200) }], operator: "EQUAL" as const };
    await refused(
      client().send(new SearchImageSetsCommand({ datastoreId: name, searchCriteria: { filters: [filter] } })),
    );
    await fetch(`${sandbox.emulator.url}/datastore/${name}/nothing/${name}`, {
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=KEYDOE/20240501/us-east-1/medical-imaging/aws4_request",
      },
    });
    await fetch(`${sandbox.emulator.url}/datastore`, {
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=KEYDOE/x" },
    });
    expect(linesWith("Exception").length).toBeGreaterThanOrEqual(5);
    expect(linesWith("CreateDatastore")[0]).toMatch(
      /^CreateDatastore 400 ValidationException: 1 validation error detected: Value at 'datastoreName' failed/,
    );
    expect(lines.join("")).not.toMatch(/DOE|JANE/);
  });

  test("is a warning with the way out where there were too many", async () => {
    await sandbox.emulator.control.limits.set({
      throttling: { limits: { ListDatastores: { rate: 1, burst: 1 } } },
    });
    const statuses = [200, 429];
    for (const status of statuses)
      expect((await fetch(`${sandbox.emulator.url}/datastore`)).status).toBe(status);
    expect(linesWith("Throttling")).toEqual([
      expect.stringMatching(
        /^warning: ListDatastores 429 ThrottlingException: .* \(ListDatastores is limited to 1 per second.*--throttling off.*\)$/,
      ),
    ]);
  });

  test("names the scenario's rule that refused it, and how to end it where it throttles", async () => {
    await play("rules: [{ id: busy, match: { op: ListDatastores }, effects: [{ throttle: {} }] }]");
    await fetch(`${sandbox.emulator.url}/datastore`);
    expect(linesWith("Throttling")).toEqual([
      "warning: ListDatastores 429 ThrottlingException: The request was denied due to throttling. " +
        "(the scenario nightly throttles it; to end this, POST /_local/scenarios/nightly/deactivate) [fault nightly/busy#1]",
    ]);
  });
});

test("a refused request for buckets is in the log with the error's code alone", async () => {
  await fetch(`${sandbox.emulator.url}/none/DOE^JANE`);
  expect(linesWith("")).toEqual(["GET s3 404 NoSuchBucket"]);
});

test.each([
  [
    "POST",
    "/_local/limits",
    '{"DOE": 1}',
    "POST /_local/limits 400 UnknownName: The request has a key, parameter, action, kind or status that does not exist.",
  ],
  [
    "POST",
    "/_local/clock/DOE/JANE",
    "",
    "POST /_local/clock/... 404 RouteNotFound: No route has this method and path.",
  ],
  ["GET", "/_local/DOE", "", "GET /_local/... 404 RouteNotFound: No route has this method and path."],
  [
    "POST",
    "/_local/scenarios/DOE/deactivate?JANE=DOE",
    "",
    "POST /_local/scenarios/.../deactivate 404 ScenarioNotFound: No loaded scenario and no scenario of the package has this name.",
  ],
  [
    "PUT",
    "/_local/resources/importJob/DOE/status",
    '{"status":"FAILED","message":"JANE"}',
    "PUT /_local/resources/.../.../status 404 ResourceNotFound: No data store, import job or image set has this id.",
  ],
  [
    "GET",
    "/_local/wait?resource=importJob/DOE&status=FAILED",
    "",
    "GET /_local/wait 404 ResourceNotFound: No data store, import job or image set has this id.",
  ],
])("the log of a refused %s %s %s says what its code means", async (method, target, body, line) => {
  const url = `${sandbox.emulator.url}${target}`;
  await fetch(url, body === "" ? { method } : { method, body });
  expect(linesWith("")).toEqual([line]);
  expect(lines.join("")).not.toMatch(/DOE|JANE/);
});

test("a request under a host name that is not served is in the log with the way out, once", async () => {
  const headers = { host: "imaging.example.com" };
  await sandbox.emulator.handle({
    method: "GET",
    path: "/datastore",
    query: "",
    headers,
    body: (async function* () {})(),
  });
  expect(linesWith("AccessDenied")).toEqual([
    "ListDatastores 403 AccessDeniedException: This emulator does not serve the host imaging.example.com: " +
      "start it with --allow-host imaging.example.com to serve it",
  ]);
});

test("a call that a scenario changed is in the log with the rule, though it succeeded or broke off", async () => {
  await play("rules: [{ id: slow, match: { op: ListDatastores }, effects: [{ latency: { fixed: 1ms } }] }]");
  await client().send(new ListDatastoresCommand({}));
  await play("rules: [{ id: gone, match: { op: ListDatastores }, effects: [{ reset: {} }] }]");
  await fetch(`${sandbox.emulator.url}/datastore`).catch(() => {});
  expect(linesWith("ListDatastores")).toEqual([
    "ListDatastores 200 [fault nightly/slow#1]",
    "ListDatastores broke off (reset) [fault nightly/gone#1]",
  ]);
});
