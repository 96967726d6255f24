import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import type { ServiceRelease } from "../../../src/index.ts";
import type { ControlledSandbox } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { createActive, hold, importImageSet, openFrozen, push, reach } from "../states/frozen.ts";

const NEW = ["UPDATING_FOR_STUDY_CONSISTENCY", "IMPORTING", "IMPORTED", "IMPORT_FAILED"];
const OF_GUIDE =
  / Expected one of CREATED, UPDATING, UPDATED, UPDATE_FAILED, COPYING, COPYING_WITH_READ_ONLY_ACCESS, COPIED, COPY_FAILED, DELETING, DELETED$/;
const scenarioOf = (from: string) => `
rules:
  - id: stuck
    match: { transition: { resource: imageSet, from: ${from} } }
    effects: [{ hold: {} }]
`;

describe.each<[ServiceRelease, boolean]>([
  ["2024-05", false],
  ["2026-06", true],
])("with release %s", (serviceRelease, hasNew) => {
  let sandbox: ControlledSandbox;
  let datastoreId: string;
  beforeAll(async () => {
    sandbox = await openFrozen({ serviceRelease });
  });
  beforeEach(async () => {
    datastoreId = await createActive(sandbox);
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  test("image sets can be pushed to the statuses of the release", async () => {
    const imageSet = `imageSet/${await importImageSet(sandbox, datastoreId, "pushed")}` as const;
    const ends = { UPDATING_FOR_STUDY_CONSISTENCY: "UPDATED", IMPORTING: "IMPORTED" };
    for (const [status, end] of Object.entries(ends)) {
      const answer = await push(sandbox, imageSet, status);
      if (hasNew) {
        expect(answer).toMatchObject({ code: 200, status: `LOCKED/${status}` });
        await reach(sandbox, imageSet, end);
      } else {
        expect(answer.code).toBe(400);
        expect(answer.message).toMatch(`"${status}" is not a status to put an imageSet in.`);
        expect(answer.message).toMatch(OF_GUIDE);
      }
    }
  });

  test("a failed import is pushed with its message", async () => {
    const imageSet = `imageSet/${await importImageSet(sandbox, datastoreId, "failed")}` as const;
    const status = "IMPORT_FAILED";
    await push(sandbox, imageSet, hasNew ? "IMPORTING" : "UPDATING");
    const answer = await push(sandbox, imageSet, status, { message: "damaged" });
    expect(answer.code).toBe(hasNew ? 200 : 400);
    if (hasNew) expect(answer).toMatchObject({ status: "ACTIVE/IMPORT_FAILED", message: "damaged" });
    expect(await push(sandbox, imageSet, "COPIED")).toMatchObject({
      code: 409,
      message: expect.stringContaining(
        hasNew
          ? "UPDATING or UPDATING_FOR_STUDY_CONSISTENCY or COPYING"
          : "the next status is UPDATED or UPDATE_FAILED;",
      ) as string,
    });
  });

  test("holds and waits know the statuses of the release", async () => {
    const imageSet = `imageSet/${await importImageSet(sandbox, datastoreId, "held")}` as const;
    const held = await hold(sandbox, "imageSet/*");
    expect(held["statuses"]).toEqual([
      "LOCKED/UPDATING",
      ...(hasNew ? ["LOCKED/UPDATING_FOR_STUDY_CONSISTENCY"] : []),
      "LOCKED/COPYING",
      "LOCKED/COPYING_WITH_READ_ONLY_ACCESS",
      ...(hasNew ? ["LOCKED/IMPORTING"] : []),
      "LOCKED/DELETING",
    ]);
    await sandbox.local("DELETE", "resources/imageSet/*/hold");
    const wait = await sandbox.local("GET", `wait?resource=${imageSet}&status=IMPORTED&autoAdvance=1`);
    expect(wait.code).toBe(hasNew ? 408 : 400);
    if (!hasNew)
      expect(wait.message).toContain("Expected one of ACTIVE, LOCKED, CREATED, UPDATING, UPDATED, ");
  });

  test.each(["IMPORTING", "UPDATING_FOR_STUDY_CONSISTENCY"])(
    "a scenario can hold %s where it is",
    async (from) => {
      const answer = await sandbox.local("POST", "scenarios/validate", scenarioOf(from));
      expect(answer.code).toBe(hasNew ? 200 : 422);
      if (!hasNew)
        expect(answer["errors"]).toMatchObject([
          {
            message: `${from} is not a transient status of imageSet`,
            hint: "it is one of service release 2026-06: start the emulator with --service-release 2026-06",
          },
        ]);
    },
  );

  test("the OpenAPI document lists the statuses of the release", async () => {
    const { components } = (await sandbox.local("GET", "openapi.json")) as object as {
      readonly components: {
        readonly schemas: Readonly<Record<string, { readonly enum: readonly string[] }>>;
      };
    };
    const statuses = components.schemas["ImageSetWorkflowStatus"]?.enum ?? [];
    expect(statuses).toHaveLength(hasNew ? 14 : 10);
    expect(NEW.every((status) => statuses.includes(status))).toBe(hasNew);
  });
});
