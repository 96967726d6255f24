import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpRequest } from "../../../src/api/http.ts";
import { model, shapeOf, type Operation } from "../../../src/api/model/model.ts";
import { createEmulator, type Emulator } from "../../../src/index.ts";
import { bodyOf, sample, toRequest, violations, type Input } from "./sample-inputs.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator();
});
afterAll(() => emulator.close());

const operations = [...model.operations.values()];

const SIGNED = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=test/20240501/us-east-1/medical-imaging/aws4_request, Signature=0",
};

async function answerTo(request: Partial<HttpRequest> & Pick<HttpRequest, "method" | "path">) {
  const {
    status,
    headers,
    body = "",
  } = await emulator.handle({
    query: "",
    body: bodyOf(""),
    headers: SIGNED,
    ...request,
  });
  const said = typeof body === "string" ? body : await text(Readable.from([body]));
  const json = said.startsWith("{") ? said : "{}";
  const { message = "" } = JSON.parse(json) as { message?: string };
  return { status, code: headers["x-amzn-errortype"], message };
}

const valid = (operation: Operation): Input => sample(operation.input) as Input;
const hasBody = (operation: Operation): boolean =>
  Object.values(shapeOf(model.shapes, operation.input).members ?? {}).some(
    ({ location }) => location === undefined,
  );

describe.each(operations.map((operation) => [operation.name, operation] as const))(
  "the operation %s",
  (_, operation) => {
    const labels = [...operation.requestUri.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    // A label without a character cannot be sent: another path.
    const cases = violations(operation).filter(({ input }) => labels.every((name) => input[name] !== ""));

    test.each(cases.map(({ what, ...rest }) => [what, rest] as const))(
      "refuses %s",
      async (_what, { input, expected }) => {
        const { status, code, message } = await answerTo(toRequest(operation, input));
        expect({ status, code, message }).toEqual({
          status: 400,
          code: "ValidationException",
          message: expect.stringContaining(expected),
        });
      },
    );

    test("refuses a body over the size limit without reading it", async () => {
      const answer = await answerTo({
        ...toRequest(operation, valid(operation)),
        headers: { ...SIGNED, "content-length": String(3 * 1024 * 1024) },
      });
      expect(answer).toMatchObject({ status: 413, code: "RequestEntityTooLargeException" });
    });

    test("is unknown under another HTTP method", async () => {
      const answer = await answerTo({ ...toRequest(operation, valid(operation)), method: "PATCH" });
      expect(answer).toMatchObject({ status: 404, code: "UnknownOperationException" });
    });

    test("answers SerializationException for a value of the wrong type", async () => {
      const shape = shapeOf(model.shapes, operation.input);
      const members =
        shape.payload === undefined
          ? shape.members
          : shapeOf(model.shapes, shape.members?.[shape.payload]?.shape ?? "").members;
      const inBody = Object.entries(members ?? {}).filter(([, { location }]) => location === undefined);
      for (const [name, member] of inBody) {
        const isText = shapeOf(model.shapes, member.shape).type === "string";
        const body = bodyOf(JSON.stringify({ [name]: isText ? 1 : "?" }));
        const answer = await answerTo({ ...toRequest(operation, valid(operation)), body });
        expect({ name, ...answer }).toMatchObject({ name, status: 400, code: "SerializationException" });
      }
    });
  },
);

const named = (chosen: readonly Operation[]): [string, Operation][] =>
  chosen.map((operation) => [operation.name, operation]);
const UNREADABLE = ["{", "[]", '"x"', "null"];

test.each(named(operations.filter(hasBody)))(
  "%s answers SerializationException for a body that is not a JSON object",
  async (_, operation) => {
    for (const body of UNREADABLE) {
      const answer = await answerTo({ ...toRequest(operation, valid(operation)), body: bodyOf(body) });
      expect({ body, ...answer }).toEqual({
        body,
        status: 400,
        code: "SerializationException",
        message: expect.stringMatching(/./),
      });
    }
  },
);

test.each(named(operations.filter((operation) => !hasBody(operation))))(
  "%s ignores a body, since it has none",
  async (_, operation) => {
    const request = toRequest(operation, valid(operation));
    expect(await answerTo({ ...request, body: bodyOf("{") })).toEqual(await answerTo(request));
  },
);

test.each(named(operations.filter(({ errors }) => errors.includes("ResourceNotFoundException"))))(
  "%s answers ResourceNotFoundException for an unknown resource",
  async (_, operation) => {
    const { status, code, message } = await answerTo(toRequest(operation, valid(operation)));
    expect([status, code]).toEqual([404, "ResourceNotFoundException"]);
    expect(message).toContain("0123456789abcdef");
  },
);
