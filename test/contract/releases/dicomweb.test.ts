import { Readable } from "node:stream";
import { DeleteImageSetCommand } from "@aws-sdk/client-medical-imaging";
import dicomParser from "dicom-parser";
import { afterEach, describe, expect } from "vitest";
import { DICOMWEB_OPERATIONS } from "../../../src/api/model/dicomweb-operations.ts";
import { createEmulator, type ComposeOptions, type Emulator } from "../../../src/index.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { controlled as test } from "../../elsewhere.ts";
import { copyOf, importAll, openDicomweb, primaryOf, type DicomwebSandbox } from "../dicomweb/dicomweb.ts";
import { settle, updateCommand } from "../image-sets/image-sets.ts";

const UID = "2.25.291834617234511289.1";
const SERIES = `/studies/${UID}/series/${UID}.1`;
const INSTANCE = `${SERIES}/instances/${UID}.1.1`;

interface Described {
  readonly "00081030": { readonly Value: readonly string[] };
}

describe("the image set that answers", () => {
  /** Whose it is: each image set has another Study Description. */
  const describedBy = async (sandbox: DicomwebSandbox, path: string): Promise<(string | undefined)[]> => {
    const { json } = await sandbox.get(path);
    return (json() as Described[]).map((each) => each["00081030"].Value[0]);
  };
  const rename = async (sandbox: DicomwebSandbox, datastoreId: string, imageSetId: string, name: string) => {
    const { versionId = "" } = await settle(sandbox, datastoreId, imageSetId);
    const updatable = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: name } } };
    await sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, versionId, { updatable }));
    await settle(sandbox, datastoreId, imageSetId);
  };

  test("the image set that answers is that of the release", async () => {
    const [slice] = createSampleSeries(1);
    const bytes = slice?.bytes ?? new Uint8Array();
    await using older = await openDicomweb({ serviceRelease: "2024-05", dicomweb: true });
    const { datastoreId, imageSetIds } = await importAll(older, "newest", { "1.dcm": bytes, "2.dcm": bytes });
    for (const imageSetId of imageSetIds) {
      await older.emulator.control.clock.advance("1s");
      await rename(older, datastoreId, imageSetId, imageSetId);
      for (const path of [`${INSTANCE}/metadata`, `${SERIES}/metadata`])
        expect(await describedBy(older, `/datastore/${datastoreId}${path}`)).toEqual([imageSetId]);
    }
  });

  test("is the primary one of the series in 2026-06, and no other unless it is named", async () => {
    await using newer = await openDicomweb({ serviceRelease: "2026-06" });
    const [slice] = createSampleSeries(1);
    const { datastoreId } = await importAll(newer, "primary", { "1.dcm": slice?.bytes ?? new Uint8Array() });
    const primary = await primaryOf(newer, datastoreId);
    await rename(newer, datastoreId, primary, "primary");
    const copy = await copyOf(newer, datastoreId, primary);
    await rename(newer, datastoreId, copy, "copy");
    const store = `/datastore/${datastoreId}`;
    for (const path of [`${INSTANCE}/metadata`, `${SERIES}/metadata`]) {
      expect(await describedBy(newer, store + path)).toEqual(["primary"]);
      expect(await describedBy(newer, `${store}${path}?imageSetId=${copy}`)).toEqual(["copy"]);
    }
    expect((await newer.get(`${store}${INSTANCE}`)).status).toBe(200);
    await newer.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: primary }));
    await settle(newer, datastoreId, primary);
    for (const path of [INSTANCE, `${INSTANCE}/metadata`, `${SERIES}/metadata`]) {
      const { status, headers } = await newer.get(store + path);
      expect([status, headers["x-local-hint"]]).toEqual([
        404,
        expect.stringMatching(/only image sets that are not primary have it: .*\?imageSetId=/),
      ]);
      expect((await newer.get(`${store}${path}?imageSetId=${copy}`)).status).toBe(200);
    }
  });
});

test.each([
  { serviceRelease: "2024-05", status: 406 },
  { serviceRelease: "2026-06", status: 200 },
] as const)("an instance has the transfer syntaxes of the release", async ({ serviceRelease, status }) => {
  await using sandbox = await openDicomweb({ serviceRelease });
  const [slice] = createSampleSeries(1);
  const { datastoreId, imageSetIds } = await importAll(sandbox, "syntaxes", {
    "1.dcm": slice?.bytes ?? new Uint8Array(),
  });
  const path = `/datastore/${datastoreId}${INSTANCE}?imageSetId=${imageSetIds[0]}`;
  const stored = await sandbox.get(path, { accept: "application/dicom; transfer-syntax=*" });
  expect(stored.status).toBe(status);
  const htj2k = await sandbox.get(path, {
    accept: "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.202",
  });
  expect(htj2k.status).toBe(200);
  if (status === 200) expect(stored.body.equals(htj2k.body)).toBe(true);
  const native = await sandbox.get(path);
  expect(dicomParser.parseDicom(native.body).string("x00020010")).toBe("1.2.840.10008.1.2.1");
});

let emulator: Emulator;
const opened: Emulator[] = [];
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));
const open = async (options: ComposeOptions): Promise<void> => {
  emulator = await createEmulator(options);
  opened.push(emulator);
};

const LABELS: Readonly<Record<string, string>> = { frameList: "1", bulkdataId: "0".repeat(32) };
const STORE = `/datastore/${"0".repeat(32)}`;
const pathOf = (path: string): string =>
  STORE + path.replaceAll(/\{(\w+)\}/g, (_, label: string) => LABELS[label] ?? "1.2");

async function send(method: string, path: string, headers: Record<string, string> = {}) {
  const response = await emulator.handle({
    method,
    path,
    query: "",
    body: Readable.from([]),
    headers: { host: "localhost", ...headers },
  });
  const { "x-amzn-errortype": error, "x-local-hint": hint } = response.headers;
  return { ...response, error, hint };
}

const UNKNOWN = "UnknownOperationException";

describe.each([
  { serviceRelease: "2024-05", isServed: (name: string) => name === "GetDICOMInstance" },
  { serviceRelease: "2024-05", dicomweb: true, isServed: (_: string, method: string) => method === "GET" },
  { serviceRelease: "2026-06", isServed: () => true },
] as const)("with $serviceRelease, and dicomweb $dicomweb,", ({ isServed, ...options }) => {
  test("the operations of DICOMweb are those of the release", async () => {
    await open(options);
    for (const { name, method, path, isMissing = false } of DICOMWEB_OPERATIONS) {
      const { error, hint } = await send(method, pathOf(path));
      const expected = isMissing
        ? {
            error: UNKNOWN,
            hint: expect.stringContaining(`the emulator does not have ${name} yet`) as string,
          }
        : isServed(name, method)
          ? { error: "ResourceNotFoundException" }
          : { error: UNKNOWN, hint: expect.stringContaining("--service-release 2026-06") as string };
      expect({ name, error, hint }).toMatchObject({ name, ...expected });
    }
  });

  test("every served operation has a throttle and can be denied", async () => {
    await open({ ...options, throttling: "aws" });
    const { throttles } = await emulator.control.limits.get();
    for (const { name, method, path, isMissing = false, throttle } of DICOMWEB_OPERATIONS) {
      const isThere = !isMissing && isServed(name, method);
      expect({ name, throttle: throttles[name] }).toMatchObject(
        isThere ? { name, throttle } : { name, throttle: undefined },
      );
      const denying = emulator.control.limits.set({ deny: [`medical-imaging:${name}`] });
      await (isThere
        ? expect(denying).resolves.toBeDefined()
        : expect(denying).rejects.toThrow("deny expects"));
      if (isThere) expect((await send(method, pathOf(path))).error).toBe("AccessDeniedException");
    }
  });
});

test("calls of DICOMweb are in the journal and in the report like any others", async () => {
  await open({ serviceRelease: "2024-05", dicomweb: true });
  await send("GET", pathOf("/studies/1/series/2/metadata"));
  await send("GET", pathOf("/studies/1/series/2/instances/3/frames/1"));
  const { requests } = await emulator.control.requests.list({ op: "dicomweb:*" });
  expect(requests.map(({ operation, status }) => [operation, status])).toEqual([
    ["GetDICOMSeriesMetadata", 404],
    ["GetDICOMInstanceFrames", 404],
  ]);
  const { accounts } = await emulator.control.report();
  expect(accounts[0]).toMatchObject({
    operations: { GetDICOMSeriesMetadata: {}, GetDICOMInstanceFrames: {} },
  });
});

const PAGE = { origin: "http://localhost:3000" };
const PREFLIGHT = {
  ...PAGE,
  "access-control-request-method": "GET",
  "access-control-request-headers": "accept,authorization",
};

test.each([
  { serviceRelease: "2024-05", origin: PAGE.origin, maxAge: "600" },
  { serviceRelease: "2026-06", origin: "*", maxAge: "172800" },
] as const)(
  "a page is told what it may read as in its release",
  async ({ serviceRelease, origin, maxAge }) => {
    await open({ serviceRelease });
    const path = pathOf("/studies/1/series/2/instances/3");
    const preflight = await send("OPTIONS", path, PREFLIGHT);
    expect(preflight).toMatchObject({
      status: 200,
      headers: {
        "access-control-allow-origin": origin,
        "access-control-allow-headers": "accept,authorization",
        "access-control-max-age": maxAge,
      },
    });
    const { headers } = await send("GET", path, PAGE);
    expect(headers).toMatchObject({ "access-control-allow-origin": origin });
    const foreign = await send("GET", path, { origin: "https://viewer.example" });
    expect(foreign.headers).not.toHaveProperty("access-control-allow-origin");
  },
);

test.each([
  "//datastore//STORE//studies//1//series/2/instances/3",
  "/datastore/STORE/studies/1/series/2/instances/3/",
])("a client that doubles slashes is served at %s", async (path) => {
  await open({ serviceRelease: "2024-05" });
  const { error } = await send("GET", path.replace("STORE", "0".repeat(32)));
  expect(error).toBe("ResourceNotFoundException");
});

test("a rule of a scenario matches DICOMweb by study, series and instance", async () => {
  await open({ serviceRelease: "2024-05" });
  const rule = {
    id: "one",
    match: { op: "dicomweb:*", study: "1", series: "2", instance: ["3", "4"] },
    effects: [{ error: { type: "InternalServerException" } }],
  };
  await emulator.control.scenarios.put("by-uid", { rules: [rule] });
  await emulator.control.scenarios.activate("by-uid");
  const statusOf = async (study: string, series: string, sop: string) =>
    (await send("GET", pathOf(`/studies/${study}/series/${series}/instances/${sop}`))).status;
  expect(await statusOf("1", "2", "4")).toBe(500);
  expect([
    await statusOf("9", "2", "3"),
    await statusOf("1", "9", "3"),
    await statusOf("1", "2", "9"),
  ]).toEqual([404, 404, 404]);
});
