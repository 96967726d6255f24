import { Readable } from "node:stream";
import { afterEach, describe, expect } from "vitest";
import { DICOMWEB_OPERATIONS } from "../../../src/api/model/dicomweb-operations.ts";
import { createEmulator, type ComposeOptions, type Emulator } from "../../../src/index.ts";
import { controlled as test } from "../../elsewhere.ts";

let emulator: Emulator;
afterEach(() => emulator.close());
const open = async (options: ComposeOptions): Promise<void> => {
  emulator = await createEmulator(options);
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
