import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../../src/api/http.ts";
import { model } from "../../../src/api/model/model.ts";
import { ServiceError } from "../../../src/api/errors.ts";
import { ActivityStream } from "../../../src/aws/activity/activity-stream.ts";
import { createGateway } from "../../../src/app/gateway/gateway.ts";
import { createS3Handler } from "../../../src/app/gateway/s3-requests.ts";
import { recording } from "../../../src/app/gateway/recorded-handler.ts";
import type { CallRecord, StateChangeRecord } from "../../../src/domain/activity.ts";
import type { Log } from "../../../src/domain/log.ts";
import { createMedicalImaging } from "../../../src/healthimaging/http/medical-imaging.ts";
import { createOperationRouter } from "../../../src/healthimaging/http/operation-route.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../../manual-clock.ts";

const DATASTORE = "0".repeat(32);
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const SCOPE = "KEY/20240501/eu-west-1/medical-imaging/aws4_request";

interface Told {
  readonly call: CallRecord;
  /** The value when the answer was reported. */
  readonly parameters: unknown;
  readonly responseElements: unknown;
}

function open(act: (input: object) => unknown, state = new MemoryState(), log: Pick<Log, "error"> = SILENT) {
  const activity = new ActivityStream(new ManualClock(), log);
  const [began, told, changes]: [CallRecord[], Told[], StateChangeRecord[]] = [[], [], []];
  activity.follow(state, () => undefined);
  activity.read({
    callBegan: (call) => began.push(call),
    callAnswered: (call) =>
      told.push({ call, parameters: call.parameters, responseElements: call.responseElements }),
    stateChanged: (change) => changes.push(change),
  });
  const nothing = async () => ({ status: 200, headers: {} });
  const defaults = { account: "000000000000", region: "us-east-1" };
  const gateway = createGateway({
    route: createOperationRouter(model),
    medicalImaging: createMedicalImaging({
      model,
      log: SILENT,
      activity,
      admit: () => {},
      instance: {
        run: (answer) =>
          answer({ state, actions: new Map([...model.operations.keys()].map((name) => [name, act])) }),
      },
    }),
    activity,
    otherServices: nothing,
    s3: createS3Handler({ s3: nothing, log: SILENT, defaults }),
    control: async () => (act({}), nothing()),
    log: SILENT,
    defaults,
  });
  return { activity, began, told, changes, handle: recording(gateway, activity, SILENT) };
}

const request = (method: string, path: string, body: object = {}, headers = {}): HttpRequest => ({
  method,
  path,
  query: "",
  sourceAddress: "127.0.0.7",
  headers: { authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE}, Signature=0`, ...headers },
  body: (async function* () {
    yield Buffer.from(JSON.stringify(body));
  })(),
});

const store = (datastoreStatus: "CREATING" | "ACTIVE") => ({
  datastoreId: DATASTORE,
  account: "111122223333",
  region: "eu-west-1",
  datastoreStatus,
});

describe("the record of a call", () => {
  test("says who asked for what, and what came of it, and holds what the operation was given", async () => {
    let given: unknown;
    const output = { datastoreId: DATASTORE, datastoreStatus: "CREATING" };
    const { began, told, handle } = open((input) => ((given = input), output));
    const sdk = {
      "user-agent": "aws-sdk-js/3",
      "amz-sdk-invocation-id": "i-1",
      "amz-sdk-request": "attempt=2; max=3",
    };
    const { headers } = await handle(
      request("POST", "/datastore", { datastoreName: "n", clientToken: "t" }, sdk),
    );
    const [{ call, parameters, responseElements } = {}] = told;
    expect(call).toMatchObject({
      service: "medical-imaging",
      operation: { name: "CreateDatastore" },
      principal: { account: "000000000000", region: "eu-west-1", accessKeyId: "KEY" },
      sourceAddress: "127.0.0.7",
      userAgent: "aws-sdk-js/3",
      invocationId: "i-1",
      attempt: 2,
      bodyStart: '{"datastoreName":"n","clientToken":"t"}',
      outcome: { status: 200, requestId: headers["x-amzn-requestid"], isThrottled: false },
    });
    expect(began).toEqual([call]);
    expect(parameters).toBe(given);
    expect(responseElements).toBe(output);
  });

  test("says how a call was refused", async () => {
    const { told, handle } = open(() => {
      throw new ServiceError("ThrottlingException", "too many", { hint: "wait" });
    });
    await handle(request("GET", `/datastore/${DATASTORE}`));
    expect(told[0]?.call.outcome).toMatchObject({
      status: 429,
      errorCode: "ThrottlingException",
      message: "too many",
      hint: "wait",
      isThrottled: true,
    });
  });

  test("keeps the answer of a write, but not that of a read or of a large request", async () => {
    const { told, handle } = open(() => ({ datastoreStatus: "ACTIVE" }));
    await handle(request("GET", `/datastore/${DATASTORE}`));
    await handle(request("POST", "/datastore", { clientToken: "t" }));
    await handle(
      request("POST", "/datastore", {
        clientToken: "t",
        tags: { a: "b".repeat(200) },
        more: "c".repeat(5_000),
      }),
    );
    expect(told.map(({ responseElements }) => responseElements)).toEqual(
      told.map(() => ({ datastoreStatus: "ACTIVE" })),
    );
    expect(told.map(({ call }) => [call.parameters, call.responseElements])).toEqual([
      [{ datastoreId: DATASTORE }, undefined],
      [{ clientToken: "t" }, { datastoreStatus: "ACTIVE" }],
      [undefined, undefined],
    ]);
  });

  test("of a request for buckets or /_local is told when it is answered, and has no operation", async () => {
    const { began, told, handle } = open(() => ({}));
    await handle(request("GET", "/_local/health"));
    await handle(request("GET", "/bucket/key", {}, { authorization: SCOPE }));
    expect(began).toEqual([]);
    expect(told.map(({ call }) => [call.service, call.operation])).toEqual([
      ["local", undefined],
      ["s3", undefined],
    ]);
  });

  test("reaches no reader that has stopped reading", async () => {
    const { activity, handle } = open(() => ({}));
    const heard: CallRecord[] = [];
    const stop = activity.read({ callAnswered: (call) => heard.push(call) });
    await handle(request("GET", "/_local/health"));
    stop();
    await handle(request("GET", "/_local/health"));
    expect(heard).toHaveLength(1);
  });
});

describe("the record of a state change", () => {
  const put = (state: MemoryState, status: "CREATING" | "ACTIVE"): void =>
    state.update(({ datastores }) => datastores.put(store(status) as never));

  test("has the call as its cause, also where the operation waited before it changed anything", async () => {
    const state = new MemoryState();
    const { changes, told, handle } = open(async () => {
      await Promise.resolve();
      put(state, "CREATING");
      return { datastoreId: DATASTORE, datastoreStatus: "CREATING" };
    }, state);
    await handle(request("POST", "/datastore", { clientToken: "t" }));
    expect(changes).toMatchObject([
      {
        resource: { kind: "datastore", id: DATASTORE },
        account: "111122223333",
        region: "eu-west-1",
        from: null,
        to: "CREATING",
        message: null,
        cause: { kind: "call" },
      },
    ]);
    expect(changes[0]?.cause).toEqual({ kind: "call", call: told[0]?.call });
  });

  test("has the control route, the cause that was given or none as its cause", async () => {
    const state = new MemoryState();
    const { activity, changes, handle } = open(() => put(state, "CREATING"), state);
    await handle(request("POST", "/_local/push"));
    activity.because({ kind: "fault", fault: "nightly/slow#1" }, () => put(state, "ACTIVE"));
    put(state, "ACTIVE");
    put(state, "CREATING");
    expect(changes.map(({ from, to, cause }) => [from, to, cause.kind])).toEqual([
      [null, "CREATING", "control"],
      ["CREATING", "ACTIVE", "fault"],
      ["ACTIVE", "CREATING", "resumed"],
    ]);
  });
});

test.each<[how: string, fail: (failure: Error) => unknown]>([
  [
    "throws",
    (failure: Error) => {
      throw failure;
    },
  ],
  ["rejects", (failure: Error) => Promise.reject(failure)],
])("a reader that %s is logged: the request is answered, and the other readers are told", async (_, fail) => {
  const errors: [string, unknown][] = [];
  const log = { error: (message: string, cause?: unknown) => void errors.push([message, cause]) };
  const { activity, handle } = open(() => ({}), new MemoryState(), log);
  const failure = new Error("the reader's own");
  const calls: CallRecord[] = [];
  activity.read({ callAnswered: () => fail(failure) });
  activity.read({ callAnswered: (call) => calls.push(call) });
  const { status } = await handle(request("POST", "/datastore", { clientToken: "t" }));
  expect(status).toBe(200);
  expect(calls).toHaveLength(1);
  expect(errors).toEqual([["a subscriber to requests and state changes failed", failure]]);
});
