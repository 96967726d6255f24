import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { model, type Operation } from "../../../src/api/model/model.ts";
import overrides from "../../../src/api/model/seed-overrides.json" with { type: "json" };
import type { Log } from "../../../src/domain/log.ts";
import { createEmulator, type Emulator } from "../../../src/index.ts";
import { bodyOf, sample, toRequest, type Input } from "./sample-inputs.ts";

let emulator: Emulator;
let warnings: string[];
beforeEach(async () => {
  warnings = [];
  const log: Log = { info: () => {}, warn: (message) => warnings.push(message), error: () => {} };
  emulator = await createEmulator({ log });
});
afterEach(() => emulator.close());

async function send(operation: Operation, edit: (sent: { query: URLSearchParams; body: Input }) => void) {
  const request = toRequest(operation, sample(operation.input) as Input);
  const [chunk = new Uint8Array()] = await Array.fromAsync(request.body);
  const sent = {
    query: new URLSearchParams(request.query),
    body: JSON.parse(Buffer.from(chunk).toString() || "{}") as Input,
  };
  edit(sent);
  const query = sent.query.toString();
  return emulator.handle({ ...request, headers: {}, query, body: bodyOf(JSON.stringify(sent.body)) });
}

const operationOf = (name: string): Operation => {
  const operation = model.operations.get(name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation;
};

/** In the query by its own name, else in the body, inside what is there of lists and structures. */
function add(sent: { query: URLSearchParams; body: Input }, name: string, path: string): void {
  const names = path.split(".");
  const isParameter = name !== "CreateDatastore" && name !== "StartDICOMImportJob" && names.length === 1;
  if (isParameter) return sent.query.set(path, "true");
  const [last = ""] = names.splice(-1);
  const inner = names.filter(
    (part) => !/^(copyImageSetInformation|updateImageSetMetadataUpdates)$/.test(part),
  );
  let at = sent.body as Record<string, unknown>;
  for (const part of inner) {
    const next = (at[part] ??= part === "filters" ? [{ operator: "EQUAL" }] : part === "values" ? [{}] : {});
    at = (Array.isArray(next) ? next[0] : next) as Record<string, unknown>;
  }
  at[last] = "x";
}

const NEWER = Object.entries(overrides.inputsIgnored).flatMap(([name, paths]) =>
  paths.map((path) => [name, path] as const),
);

describe("an input that is newer than the guide", () => {
  test.each(NEWER)("is ignored with a hint: %s, %s", async (name, path) => {
    const response = await send(operationOf(name), (sent) => add(sent, name, path));
    const hint = response.headers["x-local-hint"] ?? "";
    expect(hint).toMatch(/^[\w.]+ is ignored: newer than the service of 2024-05$/);
    expect(hint.split(" ")[0]?.endsWith(path)).toBe(true);
    expect(response).toMatchObject({ ignored: [hint.split(" ")[0]] });
    expect(warnings).toEqual([`${name}: ${hint}`]);
  });

  test("is named in one line with the others of its call", async () => {
    await send(operationOf("CopyImageSet"), ({ query }) => {
      query.set("force", "false");
      query.set("promoteToPrimary", "true");
    });
    expect(warnings).toEqual([
      "CopyImageSet: force, promoteToPrimary are ignored: newer than the service of 2024-05",
    ]);
  });

  test("gets no hint when it is null, nor does a member that no model knows", async () => {
    const { headers } = await send(operationOf("CreateDatastore"), ({ query, body }) => {
      query.set("force", "true");
      Object.assign(body, { lambdaAuthorizerArn: null, constructor: "x", Nonsense: 1 });
    });
    expect([headers["x-local-hint"], warnings]).toEqual([undefined, []]);
  });

  test.each([
    ["UpdateImageSetMetadata", { revertToVersionId: "1" }, "revertToVersionId"],
    ["SearchImageSets", { filters: [{ operator: "EQUAL", values: [{ isPrimary: true }] }] }, "isPrimary"],
  ])(
    "does not stand in for a required member: %s answers ValidationException",
    async (name, body, member) => {
      const { status, headers } = await send(operationOf(name), (sent) => {
        sent.body = body;
      });
      expect([status, headers["x-amzn-errortype"]]).toEqual([400, "ValidationException"]);
      expect(headers["x-local-hint"]).toContain(`${member} is ignored`);
    },
  );
});
