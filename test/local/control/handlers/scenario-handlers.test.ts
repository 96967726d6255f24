import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  importFrames,
  openFaulty,
  readFrame,
  type Faulty,
  type FrameAddress,
} from "../../scenarios/faulty.ts";

const RULE =
  "rules: [{ id: a, match: { op: GetImageFrame }, when: { nth: 1 }, effects: [{ error: { type: InternalServerException } }] }]";

let faulty: Faulty;
let frame: FrameAddress;
beforeAll(async () => {
  faulty = await openFaulty("socket");
  [frame] = (await importFrames(faulty, 1)) as [FrameAddress];
  await faulty.local("DELETE", "/_local/requests");
});
afterEach(async () => {
  await faulty.local("DELETE", "/_local/scenarios/mine");
  await faulty.local("DELETE", "/_local/requests");
});
afterAll(async () => faulty[Symbol.asyncDispose]());

const put = (yaml: string, query = "?activate=1") =>
  faulty.local("PUT", `/_local/scenarios/mine${query}`, yaml);
const post = (action: string, body = "") => faulty.local("POST", `/_local/scenarios/mine/${action}`, body);
const ask = () => readFrame(faulty.medicalImaging, frame);

describe("a scenario", () => {
  test("is loaded, activated with a seed that is returned, and counted", async () => {
    expect(await put(RULE, "")).toMatchObject({ status: 200, json: { name: "mine", status: "loaded" } });
    await ask();
    expect(await post("activate", '{"seed": 7, "ttl": "10m"}')).toMatchObject({
      status: 200,
      json: { status: "active", seed: 7, rules: [{ id: "a", hits: 0 }] },
    });
    await ask();
    expect(await faulty.attempts()).toEqual(["200", "500 InternalServerException", "200"]);
    expect((await faulty.local("GET", "/_local/scenarios/mine/status")).json).toMatchObject({
      rules: [{ hits: 1 }],
    });
    expect((await faulty.local("GET", "/_local/scenarios/mine/hits?rule=a")).json).toMatchObject([
      { rule: "a", fault: "mine/a#1", subject: { operation: "GetImageFrame", attempt: 1 } },
    ]);
    await post("reset");
    await ask();
    expect((await faulty.attempts()).slice(3)).toEqual(["500 InternalServerException", "200"]);
    expect(await post("deactivate")).toMatchObject({ json: { status: "loaded" } });
    await ask();
    expect((await faulty.attempts()).slice(5)).toEqual(["200"]);
    expect((await faulty.local("DELETE", "/_local/scenarios/mine")).status).toBe(204);
    expect((await faulty.local("GET", "/_local/scenarios/mine")).status).toBe(404);
    await put(RULE);
    await faulty.local("POST", "/_local/scenarios/import-partial/activate");
    expect((await faulty.local("DELETE", "/_local/scenarios")).status).toBe(204);
    expect((await faulty.local("GET", "/_local/scenarios")).json).toMatchObject({ scenarios: [] });
    await ask();
    expect((await faulty.attempts()).slice(6)).toEqual(["200"]);
  });

  test("with a fault changes nothing, and the answer says where the fault is", async () => {
    await put(RULE);
    expect(await put("rules:\n  - id: a\n    effects: [{ thottle: {} }]")).toMatchObject({
      status: 422,
      json: {
        errors: [
          {
            line: 3,
            pointer: "/rules/0/effects/0/thottle",
            message: 'unknown key "thottle"',
            hint: 'did you mean "throttle"?',
          },
        ],
      },
    });
    expect((await faulty.local("GET", "/_local/scenarios/mine/status")).json).toMatchObject({
      status: "active",
    });
    expect((await faulty.local("POST", "/_local/scenarios/validate", RULE)).status).toBe(200);
    expect((await faulty.local("POST", "/_local/scenarios/validate", "x")).status).toBe(422);
    expect((await post("activate", '{"sed": 1}')).status).toBe(422);
    expect((await post("activate", "{")).status).toBe(422);
    expect((await faulty.local("PUT", "/_local/scenarios/..", RULE)).status).toBe(422);
  });

  test("with an unknown name is a 404 that suggests the closest name", async () => {
    expect(await faulty.local("POST", "/_local/scenarios/import-partal/activate")).toMatchObject({
      status: 404,
      json: { message: 'No scenario is named "import-partal": did you mean "import-partial"?' },
    });
    expect((await post("verify")).status).toBe(404);
    const unlike = await faulty.local("POST", "/_local/scenarios/nightly/activate");
    expect(unlike.json).toMatchObject({
      message: expect.stringMatching(
        /: one of .*; a file is loaded first: scenario load nightly\.yaml$/,
      ) as string,
    });
  });

  test("of the package can be used by its name, and is listed", async () => {
    const { json } = await faulty.local("GET", "/_local/scenarios");
    expect(json).toMatchObject({ presets: expect.arrayContaining(["import-partial"]) as unknown });
    const source = (await faulty.local("GET", "/_local/scenarios/import-partial")).json as { source: string };
    expect(source.source).toContain("# A common surprise of imports");
  });

  test("with states moves on by signals, and shows its state", async () => {
    await put(`${RULE.replace("when: { nth: 1 }, ", "")}
states:
  - { id: well, rules: [], next: [{ signal: break, goto: ill }] }
  - { id: ill, rules: [a], next: [{ after: 1m, goto: well }] }`);
    await ask();
    expect(await post("signal", '{"signal": "brake"}')).toMatchObject({
      status: 409,
      json: { message: 'The scenario mine does not wait for the signal "brake" now: did you mean "break"?' },
    });
    expect((await post("signal", '{"signl": "break"}')).status).toBe(422);
    faulty.clock.freeze();
    expect(await post("signal", '{"signal": "break"}')).toMatchObject({
      status: 200,
      json: { state: { id: "ill" } },
    });
    await faulty.medicalImaging.getImageFrame(frame).catch(() => {});
    await faulty.clock.advance(60_000);
    await ask();
    faulty.clock.resume();
    const failed = "500 InternalServerException";
    expect(await faulty.attempts()).toEqual(["200", failed, failed, failed, "200"]);
    const { json } = await faulty.local("GET", "/_local/scenarios/mine/status");
    expect(json).toMatchObject({ state: { id: "well" } });
  });

  test("expires by the clock", async () => {
    await put(`ttl: 1m\n${RULE}`);
    faulty.clock.freeze();
    await faulty.clock.advance(60_000);
    expect((await faulty.local("GET", "/_local/scenarios/mine/status")).json).toMatchObject({
      status: "expired",
    });
    faulty.clock.resume();
    await ask();
    expect(await faulty.attempts()).toEqual(["200"]);
  });

  test.each([
    ["1w", 604_800_000],
    ["PT10M", 600_000],
    ["90s", 90_000],
  ])("activated with a ttl of %s expires after it", async (ttl, lifeMs) => {
    await put(RULE);
    faulty.clock.freeze();
    expect((await post("activate", JSON.stringify({ ttl }))).status).toBe(200);
    const status = async () => (await faulty.local("GET", "/_local/scenarios/mine/status")).json;
    await faulty.clock.advance(lifeMs - 1);
    expect(await status()).toMatchObject({ status: "active" });
    await faulty.clock.advance(1);
    expect(await status()).toMatchObject({ status: "expired" });
    faulty.clock.resume();
  });

  test("refuses a ttl that is not a duration, at its place", async () => {
    await put(RULE);
    expect(await post("activate", '{"ttl": "soon"}')).toMatchObject({
      status: 422,
      json: {
        errors: [
          { pointer: "/ttl", message: expect.stringContaining('"soon" is not a duration') as unknown },
        ],
      },
    });
  });

  test("marks what it has done in the answer, unless it is stealthy", async () => {
    const fault = async (): Promise<string | undefined> =>
      (await faulty.local("GET", "/datastore")).headers["x-local-fault"];
    await put(
      "rules: [{ id: a, effects: [{ latency: { fixed: 1ms } }] }, { id: b, effects: [{ throttle: {} }] }]",
    );
    expect([await fault(), await fault()]).toEqual(["mine/a#1, mine/b#1", "mine/a#2, mine/b#2"]);
    await put("rules: [{ id: a, stealth: true, effects: [{ throttle: {} }] }]");
    expect(await fault()).toBeUndefined();
    const { json } = await faulty.local("GET", "/_local/requests?fault=mine/a&status=429");
    expect(json).toMatchObject({ found: 3, requests: [{}, {}, { faults: ["mine/a#1"] }] });
  });

  test("never touches /_local or S3", async () => {
    await put("rules: [{ id: all, effects: [{ unavailable: {} }] }]");
    expect((await faulty.local("GET", "/_local/health")).status).toBe(200);
    expect((await faulty.local("GET", "/")).status).toBe(200);
    expect((await faulty.local("GET", "/datastore")).status).toBe(503);
  });
});
