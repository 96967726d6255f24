import {
  CreateDatastoreCommand,
  MedicalImagingClient,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "zod/mini";
import { LOCAL_ERRORS } from "../../../src/api/local-errors.ts";
import { QUOTA_NAMES } from "../../../src/domain/limits/quotas.ts";
import {
  describeApi,
  CONTROL_ROUTES,
  type OperationId,
} from "../../../src/local/control/routes/control-routes.ts";
import { type ControlRoute, mayLeaveOut } from "../../../src/local/control/routes/control-route.ts";
import { openServer, type ServerSandbox, createActiveDatastore } from "../../clients.ts";
import { importSlices } from "../../contract/image-sets/image-sets.ts";

const routes = Object.entries<ControlRoute>(CONTROL_ROUTES) as [OperationId, ControlRoute][];

let sandbox: ServerSandbox;
beforeAll(async () => {
  sandbox = await openServer();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

async function ask(method: string, path: string, body?: string | Uint8Array) {
  const { url } = sandbox.emulator;
  const response = await fetch(`${url}${path}`, { method, ...(body === undefined ? {} : { body }) });
  return {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}
const jsonOf = ({ bytes }: { readonly bytes: Uint8Array }): unknown =>
  JSON.parse(Buffer.from(bytes).toString());

const nestedJson = (name: string, levels: number): string =>
  `{"${name}":${'{"a":['.repeat(levels / 2)}${"]}".repeat(levels / 2)}}`;

describe("the table of routes", () => {
  const bodies = routes.flatMap(([id, { method, path, body }]) =>
    body !== undefined && "schema" in body
      ? [[id, method, path.replace("{kind}", "datastore").replace(/\{\w+\}/, "x"), body] as const]
      : [],
  );
  test.each(bodies)("accepts no body where none of its members is required: %s", async (id, method, path) => {
    const { paths } = jsonOf(await ask("GET", "/_local/openapi.json")) as {
      paths: Record<string, Record<string, { requestBody: { required: boolean } }>>;
    };
    const described = paths[CONTROL_ROUTES[id].path]?.[method.toLowerCase()]?.requestBody.required;
    const { status, headers } = await ask(method, path);
    const error = headers.get("x-local-error");
    if (described === true) expect(status).toBeGreaterThanOrEqual(400);
    else expect(["InvalidBody", "MissingValue", "InvalidValue"]).not.toContain(error);
  });

  test("describes the bodies that may be left out", () => {
    const required = bodies.filter(([, , , body]) => !mayLeaveOut(body)).map(([id]) => id);
    expect(required.toSorted()).toEqual(["changeStatus", "moveClock", "signalScenario"]);
  });

  test("is what the index, the list of a 404 and the OpenAPI document show", async () => {
    const lines = routes.map(([, { method, path }]) => `${method} ${path}`);
    const index = jsonOf(await ask("GET", "/_local")) as {
      routes: { method: string; path: string }[];
      openapi: string;
    };
    expect(index.routes.map(({ method, path }) => `${method} ${path}`)).toEqual(lines);
    expect(jsonOf(await ask("GET", "/_local/"))).toEqual(index);
    expect((await ask("GET", "/_local/health/")).status).toBe(404);
    const missing = await ask("GET", "/_local/nothing");
    expect([missing.status, missing.headers.get("x-local-error"), jsonOf(missing)]).toEqual([
      404,
      "RouteNotFound",
      { message: "No route is at GET /_local/nothing", available: lines },
    ]);
    const { paths } = jsonOf(await ask("GET", index.openapi)) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(lines.toSorted());
  });

  test("names each method and path once, and every parameter of a path", () => {
    const lines = routes.map(([, { method, path }]) => `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`);
    expect(new Set(lines).size).toBe(lines.length);
    for (const [id, { path, params }] of routes) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([id, Object.keys(params?.shape ?? {})]).toEqual([id, inPath]);
    }
  });

  test("has a sentence for each route, and an example that its body's schema takes", () => {
    for (const [id, { summary, body, example }] of routes) {
      expect(summary, id).toMatch(/^[A-Z].+[^.]\.$/);
      if (body?.kind === "json" || body?.kind === "names")
        expect(() => parse(body.schema, example)).not.toThrow();
    }
  });

  test("has one code for each kind of refusal, and uses each", () => {
    const used = new Set(routes.flatMap(([, { errors = [] }]) => errors));
    const everywhere = ["InvalidBody", "UnknownName", "MissingValue", "InvalidValue", "RouteNotFound"];
    everywhere.push("BodyTooLarge", "HostNotAllowed", "OriginNotAllowed");
    expect([...new Set([...used, ...everywhere])].toSorted()).toEqual(Object.keys(LOCAL_ERRORS).toSorted());
  });

  test("tells of each route in the document that a host or a page may be refused", () => {
    const { paths } = JSON.parse(JSON.stringify(describeApi(CONTROL_ROUTES, "1.0.0"))) as {
      paths: Record<string, Record<string, { responses: Record<string, { "x-codes"?: string[] }> }>>;
    };
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(operations).toHaveLength(routes.length);
    for (const { responses } of operations)
      expect(responses["403"]?.["x-codes"]).toEqual(["HostNotAllowed", "OriginNotAllowed"]);
  });

  test("is described by a document whose references all lead somewhere", () => {
    const text = JSON.stringify(describeApi(CONTROL_ROUTES, "1.0.0"));
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, object> } };
    const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = ""]) =>
      ref.replace("#/components/schemas/", ""),
    );
    expect(names.filter((name) => components.schemas[name] === undefined)).toEqual([]);
    expect(text).not.toContain("$defs");
    expect(components.schemas["QuotaName"]).toMatchObject({
      enum: expect.arrayContaining([...QUOTA_NAMES]) as unknown,
    });
  });

  test.each([
    ["resource=datastore/0123456789abcdef0123456789abcdef&status=ACTIVE", 404, "ResourceNotFound"],
    ["resource=datastore/ID&status=DELETED&timeout=1ms", 408, "WaitTimedOut"],
  ])("answers a wait for %s with %i and the code %s", async (query, status, code) => {
    const created = await ask("POST", "/datastore", JSON.stringify({ clientToken: crypto.randomUUID() }));
    const { datastoreId } = jsonOf(created) as { datastoreId: string };
    const answer = await ask("GET", `/_local/wait?${query.replace("ID", datastoreId)}`);
    expect([answer.status, answer.headers.get("x-local-error")]).toEqual([status, code]);
  });

  test.each([
    ["/_local/clock?x=1", 'ignored parameter: "x"'],
    ["/_local/scenarios?a=1&b=2&a=3", 'ignored parameters: "a", "b"'],
    ["/_local/scenarios/import-partial/hits?rul=q", 'ignored parameter: "rul" (did you mean "rule"?)'],
    ["/_local/scenarios/import-partial/hits?rule=q", null],
    ["/_local/clock", null],
  ])("answers %s with a hint of what it ignores: %s", async (path, hint) => {
    const answer = await ask("GET", path);
    expect([answer.status, answer.headers.get("x-local-hint")]).toEqual([200, hint]);
  });

  test("describes the answers of a wait that ends without the status with their codes", () => {
    const { paths } = describeApi(CONTROL_ROUTES, "1.0.0") as unknown as {
      paths: Record<string, { get: { responses: Record<string, { "x-codes"?: string[] }> } }>;
    };
    const { responses } = paths["/_local/wait"]?.get ?? { responses: {} };
    expect(["404", "408", "409", "503"].map((status) => responses[status]?.["x-codes"])).toEqual([
      ["ResourceNotFound"],
      ["WaitTimedOut"],
      ["SuppliedClock", "StatusUnreachable"],
      ["WaitInterrupted"],
    ]);
  });

  test.each([
    [20, /^datastoreCreatingMs .*, got \{"a":\["\.\.\."\]\}$/],
    [10_000, /^The body is more than 32 levels deep$/],
  ])("refuses a value of %i levels with a short message", async (levels, message) => {
    const answer = await ask("POST", "/_local/durations", nestedJson("datastoreCreatingMs", levels));
    expect([answer.status, jsonOf(answer)]).toEqual([
      400,
      { message: expect.stringMatching(message) as unknown },
    ]);
  });

  test("answers HEAD as GET, and refuses other methods", async () => {
    expect((await ask("HEAD", "/_local/health")).status).toBe(200);
    expect((await ask("PATCH", "/_local/clock")).status).toBe(404);
    expect((await ask("GET", "/_local/snapshots//file")).status).toBe(404);
  });
});

describe("every answer of /_local", () => {
  const SCENARIO = `rules: [{ id: a, match: { op: ListDatastores }, effects: [{ latency: { fixed: 1ms } }] }]
states: [{ id: one, rules: [a], next: [{ signal: go, goto: two }, { after: 1h, goto: two }] }, { id: two, rules: [] }]
expect: [{ rule: a, hits: 99 }]`;

  /** In an order in which each has something to answer. */
  const requests = (
    ids: Readonly<Record<"job" | "imageSet" | "datastore", string>>,
  ): readonly (readonly [OperationId, string, (string | (() => Uint8Array))?])[] => [
    ["readIndex", ""],
    ["readOpenApi", "/openapi.json"],
    ["readHealth", "/health"],
    ["readClock", "/clock"],
    ["moveClock", "/clock", '{"action": "advance", "by": "PT5M"}'],
    ["readDurations", "/durations"],
    ["changeDurations", "/durations", '{"datastoreCreatingMs": "PT1S"}'],
    ["wait", `/wait?resource=importJob/${ids.job}&status=COMPLETED`],
    ["readStatus", `/resources/imageSet/${ids.imageSet}/status`],
    ["changeStatus", `/resources/imageSet/${ids.imageSet}/status`, '{"status": "UPDATING"}'],
    ["holdResource", "/resources/datastore/*/hold"],
    ["readHold", "/resources/datastore/%2A/hold"],
    ["listHolds", "/holds"],
    ["releaseResource", "/resources/datastore/*/hold"],
    ["readLimits", "/limits"],
    [
      "changeLimits",
      "/limits",
      '{"throttling": 1000, "quotas": {"L-8829B870": 12}, "deny": ["medical-imaging:TagResource"]}',
    ],
    ["saveSnapshot", "/snapshots/one?", '{"buckets": true, "force": true}'],
    ["listSnapshots", "/snapshots"],
    ["readSnapshot", "/snapshots/one"],
    ["exportSnapshot", "/snapshots/one/file"],
    ["importSnapshot", "/snapshots/two/file?replace=1", () => exported],
    ["removeSnapshot", "/snapshots/two"],
    ["readScenarioSchema", "/schema/scenario.json"],
    ["validateScenario", "/scenarios/validate", SCENARIO],
    ["loadScenario", "/scenarios/mine?activate=1", SCENARIO],
    [
      "activateScenario",
      "/scenarios/mine/activate",
      '{"seed": 7, "scope": {"account": "000000000000"}, "ttl": "10m"}',
    ],
    ["listScenarios", "/scenarios"],
    ["readScenario", "/scenarios/mine"],
    ["readScenarioStatus", "/scenarios/mine/status"],
    ["listRequests", "/requests?limit=5"],
    ["listCalls", "/calls?op=List*"],
    ["countRequests", "/requests/count", '{"status": 200}'],
    ["listScenarioHits", "/scenarios/mine/hits?rule=a"],
    ["signalScenario", "/scenarios/mine/signal", '{"signal": "go"}'],
    ["verifyScenario", "/scenarios/mine/verify"],
    ["resetScenario", "/scenarios/mine/reset"],
    ["deactivateScenario", "/scenarios/mine/deactivate"],
    ["removeScenario", "/scenarios/mine"],
    ["removeScenarios", "/scenarios"],
    ["clearRequests", "/requests"],
    ["readReport", "/report"],
    ["clearReport", "/report?account=000000000000"],
    ["readProgress", `/import-jobs/${ids.job}`],
    ["readImageSet", `/image-sets/${ids.imageSet}`],
    ["restoreSnapshot", "/snapshots/one/restore"],
    ["reset", "/reset", '{"buckets": true}'],
  ];
  let exported: Uint8Array = new Uint8Array();

  test("is as its route says, member for member", async () => {
    const { medicalImaging } = sandbox;
    const datastore = await createActiveDatastore(medicalImaging);
    const imageSet = await importSlices(sandbox, datastore, "dicom", 0, 1);
    const { jobId = "" } = await sandbox.medicalImaging.send(
      new StartDICOMImportJobCommand({
        datastoreId: datastore,
        clientToken: "again",
        dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
        inputS3Uri: "s3://dicom/input",
        outputS3Uri: "s3://dicom/again",
      }),
    );
    const asked = requests({ job: jobId, imageSet, datastore });
    expect(asked.map(([id]) => id).toSorted()).toEqual(routes.map(([id]) => id).toSorted());
    for (const [id, path, body] of asked) {
      const route: ControlRoute = CONTROL_ROUTES[id];
      if (id === "listScenarioHits" || id === "listRequests") await listDatastores(medicalImaging);
      const answer = await ask(route.method, `/_local${path}`, typeof body === "function" ? body() : body);
      expect([id, Object.keys(route.answers)]).toEqual([id, expect.arrayContaining([String(answer.status)])]);
      if (id === "exportSnapshot") exported = answer.bytes;
      const answered = route.answers[answer.status];
      if (answered === null || answered === undefined) expect([id, answer.bytes.length]).toEqual([id, 0]);
      else if ("media" in answered) expect(answer.headers.get("content-type")).toBe(answered.media);
      else {
        const json = jsonOf(answer);
        expect([id, parse("schema" in answered ? answered.schema : answered, json)]).toEqual([id, json]);
      }
    }
  });

  async function listDatastores(client: MedicalImagingClient): Promise<void> {
    await client.send(new CreateDatastoreCommand({ datastoreName: "seen", clientToken: "seen" }));
    await fetch(`${sandbox.emulator.url}/datastore`);
  }
});
