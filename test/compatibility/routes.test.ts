import { SearchImageSetsCommand } from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importFiles, createActiveDatastore, openServer, type ServerSandbox } from "../clients.ts";
import released from "../fixtures/0.1.0/public/routes.json" with { type: "json" };
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";

const SCENARIO = `rules: [{ id: a, match: { op: ListDatastores }, effects: [{ latency: { fixed: 1ms } }] }]
states: [{ id: one, rules: [a], next: [{ signal: go, goto: two }] }, { id: two, rules: [] }]`;

interface Resources {
  readonly datastore: string;
  readonly job: string;
  readonly imageSet: string;
}
type Line = readonly [methodAndPath: string, body?: string | Uint8Array<ArrayBuffer>];

/** Requests of each line of 0.1.0's list, in an order in which each has something to answer. */
const requests = (
  { datastore, job, imageSet }: Resources,
  exported: Uint8Array<ArrayBuffer>,
): Readonly<Record<string, readonly Line[]>> => ({
  "GET /_local/health": [["GET /health"]],
  "GET /_local/import-jobs/{jobId}": [[`GET /import-jobs/${job}`]],
  "GET /_local/image-sets/{imageSetId}": [[`GET /image-sets/${imageSet}`]],
  "GET /_local/limits": [["GET /limits"]],
  "POST /_local/limits": [["POST /limits", '{"throttling": "off", "deny": []}']],
  "GET, PUT or DELETE /_local/snapshots/{name}": [
    ["PUT /snapshots/one"],
    ["GET /snapshots/one"],
    ["PUT /snapshots/gone"],
    ["DELETE /snapshots/gone"],
  ],
  "GET /_local/snapshots": [["GET /snapshots"]],
  "POST /_local/snapshots/{name}/restore": [["POST /snapshots/one/restore"]],
  "GET /_local/snapshots/{name}/file": [["GET /snapshots/one/file"]],
  "PUT /_local/snapshots/{name}/file?replace=1": [["PUT /snapshots/one/file?replace=1", exported]],
  "GET /_local/clock": [["GET /clock"]],
  "POST /_local/clock": [
    ["POST /clock", '{"action": "freeze"}'],
    ["POST /clock", '{"action": "resume"}'],
  ],
  "GET /_local/wait?resource={kind}/{id}&status={status}": [
    [`GET /wait?resource=importJob/${job}&status=COMPLETED`],
  ],
  "GET /_local/durations": [["GET /durations"]],
  "POST /_local/durations": [["POST /durations", '{"datastoreCreatingMs": 500}']],
  "GET /_local/holds": [["GET /holds"]],
  "GET /_local/resources/{kind}/{id}/status": [
    [`GET /resources/datastore/${datastore}/status`],
    [`GET /resources/importJob/${job}/status`],
  ],
  "PUT /_local/resources/{kind}/{id}/status": [
    [`PUT /resources/imageSet/${imageSet}/status`, '{"status": "UPDATING"}'],
  ],
  "PUT /_local/resources/{kind}/{id or *}/hold": [
    ["PUT /resources/datastore/*/hold"],
    [`PUT /resources/datastore/${datastore}/hold`, '{"status": "DELETING"}'],
  ],
  "GET /_local/resources/{kind}/{id or *}/hold": [
    ["GET /resources/datastore/*/hold"],
    [`GET /resources/datastore/${datastore}/hold`],
  ],
  "DELETE /_local/resources/{kind}/{id or *}/hold": [
    ["DELETE /resources/datastore/*/hold"],
    [`DELETE /resources/datastore/${datastore}/hold`],
  ],
  "GET /_local/schema/scenario.json": [["GET /schema/scenario.json"]],
  "POST /_local/scenarios/validate": [["POST /scenarios/validate", SCENARIO]],
  "PUT /_local/scenarios/{name}?activate=1": [["PUT /scenarios/mine?activate=1", SCENARIO]],
  "GET /_local/scenarios/{name}/status or hits": [
    ["GET /scenarios/mine/status"],
    ["GET /scenarios/mine/hits"],
  ],
  "POST /_local/scenarios/{name}/activate, deactivate, reset, signal or verify": [
    ["POST /scenarios/mine/reset"],
    ["POST /scenarios/mine/signal", '{"signal": "go"}'],
    ["POST /scenarios/mine/verify"],
    ["POST /scenarios/mine/deactivate"],
    ["POST /scenarios/mine/activate"],
  ],
  "GET or DELETE /_local/scenarios/{name}": [["GET /scenarios/mine"], ["DELETE /scenarios/mine"]],
  "GET or DELETE /_local/scenarios": [["GET /scenarios"], ["DELETE /scenarios"]],
  "POST /_local/requests/count": [["POST /requests/count", '{"op": "GetDatastore"}']],
  "GET /_local/calls": [["GET /calls"]],
  "GET or DELETE /_local/requests": [["GET /requests"], ["DELETE /requests"]],
  "GET or DELETE /_local/report?account={account}&format={json or text}": [
    ["GET /report?account=000000000000&format=text"],
    ["GET /report?format=json"],
    ["DELETE /report?account=000000000000"],
  ],
  "POST /_local/reset": [
    ["POST /reset", '{"account": "111122223333"}'],
    ["POST /reset", "{}"],
  ],
});

let sandbox: ServerSandbox;
beforeAll(async () => {
  sandbox = await openServer();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const ask = async (
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<Response> =>
  fetch(`${sandbox.emulator.url}/_local${path}`, { method, ...(body === undefined ? {} : { body }) });

async function makeResources(): Promise<Resources> {
  const datastore = await createActiveDatastore(sandbox.medicalImaging);
  const [slice] = createSampleSeries(1);
  const { job } = await importFiles(sandbox, datastore, "routes", { one: slice?.bytes ?? "" });
  const { imageSetsMetadataSummaries = [] } = await sandbox.medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId: datastore }),
  );
  return { datastore, job: job.jobId ?? "", imageSet: imageSetsMetadataSummaries[0]?.imageSetId ?? "" };
}

test("each route of 0.1.0's list does what it is asked", async () => {
  const resources = await makeResources();
  await ask("PUT", "/snapshots/first");
  const exported = new Uint8Array(await (await ask("GET", "/snapshots/first/file")).arrayBuffer());
  const asked = requests(resources, exported);
  expect(Object.keys(asked).toSorted()).toEqual(released.toSorted());
  for (const [line, body] of Object.values(asked).flat()) {
    const [method = "", path = ""] = line.split(" ");
    const response = await ask(method, path, body);
    const answer = await response.text();
    expect([line, response.ok || answer]).toEqual([line, true]);
  }
});
