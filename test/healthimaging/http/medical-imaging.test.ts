import { describe, expect, test } from "vitest";
import { ServiceError, type ErrorCode } from "../../../src/api/errors.ts";
import type { HttpHandler } from "../../../src/api/http.ts";
import { model } from "../../../src/api/model/model.ts";
import type { Log } from "../../../src/domain/log.ts";
import { ActivityStream } from "../../../src/aws/activity/activity-stream.ts";
import { systemClock } from "../../../src/domain/time/system-clock.ts";
import { recording } from "../../../src/app/gateway/recorded-handler.ts";
import { createGateway } from "../../../src/app/gateway/gateway.ts";
import { checkActions, createMedicalImaging } from "../../../src/healthimaging/http/medical-imaging.ts";
import { createOperationRouter } from "../../../src/healthimaging/http/operation-route.ts";
import { bodyOf, sample, toRequest, type Input } from "./sample-inputs.ts";

const state = { durable: async (): Promise<void> => {} };
const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };
const names = [...model.operations.keys()];
const allButOne = names.filter((name) => name !== "GetDatastore");

function gatewayOf(log: Log, perform: () => never): HttpHandler {
  const nothing = async () => ({ status: 500, headers: {} });
  const activity = new ActivityStream(systemClock, { error: () => {} });
  const gateway = createGateway({
    route: createOperationRouter(model),
    medicalImaging: createMedicalImaging({
      model,
      log,
      admit: () => {},
      instance: {
        run: (answer) => answer({ state, actions: new Map(names.map((name) => [name, perform])) }),
      },
    }),
    otherServices: nothing,
    s3: nothing,
    control: nothing,
    log,
    activity,
    defaults: { account: "000000000000", region: "us-east-1" },
  });
  return recording(gateway, activity, log);
}

async function answerOf(code: ErrorCode): Promise<{ said: unknown; logged: unknown[] }> {
  const logged: unknown[] = [];
  const log: Log = { ...SILENT, error: (_, error) => logged.push(error) };
  const handle = gatewayOf(log, () => {
    throw new ServiceError(code, "secret");
  });
  const path = `/datastore/${"0".repeat(32)}`;
  const { status, headers, body } = await handle({
    method: "GET",
    path,
    query: "",
    headers: {},
    body: bodyOf(""),
  });
  return { said: [status, headers["x-amzn-errortype"], body], logged };
}

describe("a request to an unknown path", () => {
  test("is answered as AWS answers it, with an explanation in x-local-hint", async () => {
    const handle = gatewayOf(SILENT, () => {
      throw new Error("nobody asks");
    });
    const scope = "test/20240501/us-east-1/medical-imaging/aws4_request";
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, Signature=0`;
    const request = {
      method: "GET",
      path: "/nothing",
      query: "",
      headers: { authorization },
      body: bodyOf(""),
    };
    const { status, headers, body } = await handle(request);
    expect([status, body]).toEqual([404, "<UnknownOperationException/>"]);
    expect(headers).toEqual({
      "x-amzn-errortype": "UnknownOperationException",
      "x-amzn-requestid": expect.any(String),
      "x-local-hint": "medical-imaging has no operation at GET /nothing",
    });
  });
});

describe("an operation of the API", () => {
  test("answers an error that its model lists", async () => {
    const { said, logged } = await answerOf("ResourceNotFoundException");
    expect(said).toEqual([404, "ResourceNotFoundException", '{"message":"secret"}']);
    expect(logged).toEqual([]);
  });

  test.each(["ConflictException", "ServiceQuotaExceededException", "SerializationException"] as const)(
    "answers InternalServerException for %s, which its model does not list, and logs it",
    async (code) => {
      const { said, logged } = await answerOf(code);
      expect(said).toEqual([500, "InternalServerException", expect.not.stringContaining("secret")]);
      expect(logged).toEqual([
        expect.objectContaining({ message: `GetDatastore may not answer ${code}: secret` }),
      ]);
    },
  );
});

describe("an unforeseen error", () => {
  test.each([...model.operations.values()])(
    "is logged, and $name answers InternalServerException without its details",
    async (operation) => {
      const logged: unknown[] = [];
      const log: Log = { ...SILENT, error: (_, error) => logged.push(error) };
      const thrown = new TypeError("secret");
      const handle = gatewayOf(log, () => {
        throw thrown;
      });
      const request = toRequest(operation, sample(operation.input) as Input);
      const { status, headers, body } = await handle({ ...request, headers: {} });
      expect([status, headers["x-amzn-errortype"], body]).toEqual([
        500,
        "InternalServerException",
        expect.not.stringContaining("secret"),
      ]);
      expect(logged).toEqual([thrown]);
    },
  );
});

describe("the start", () => {
  test("fails when an operation has no action, or an action no operation", () => {
    const check = (actions: string[]) => () =>
      checkActions(model, new Map(actions.map((name) => [name, () => {}])));
    expect(check(names)).not.toThrow();
    expect(check(allButOne)).toThrow("GetDatastore has no action");
    expect(check([...names, "GetTea"])).toThrow("GetTea is not an operation");
  });
});
