import { ListDatastoresCommand, MedicalImagingClient } from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ControlClient, startEmulator, type EmulatorServer } from "../../../src/index.ts";

let emulator: EmulatorServer;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const REACHED: [string, () => ControlClient][] = [
  ["over a socket", () => new ControlClient(emulator.url)],
  ["in process", () => emulator.control],
];

const YAML = `seed: 5
rules:
  - id: busy
    match: { op: ListDatastores }
    when: { max: 1 }
    effects: [{ throttle: { retryAfter: 0s } }]
states:
  - { id: ill, rules: [busy], next: [{ signal: heal, goto: well }] }
  - { id: well, rules: [] }
expect: [{ rule: busy, hits: 1 }]
`;

async function listDatastores(): Promise<void> {
  const { requestHandler } = emulator;
  const credentials = { accessKeyId: "111122223333", secretAccessKey: "test" };
  const client = new MedicalImagingClient({ region: "us-east-1", requestHandler, credentials });
  await client.send(new ListDatastoresCommand({}));
}

describe.each(REACHED)("the client of scenarios %s", (_, reach) => {
  test("loads a scenario from text, activates it, and shows its effects", async () => {
    const { scenarios } = reach();
    expect(await scenarios.put("mine", YAML)).toMatchObject({ name: "mine", status: "loaded" });
    const active = await scenarios.activate("mine", {
      seed: 9,
      ttl: "10m",
      scope: { account: "111122223333" },
    });
    expect(active).toMatchObject({ status: "active", seed: 9, state: { id: "ill", signals: ["heal"] } });
    const verdict = await scenarios.verify("mine");
    expect([verdict.ok, verdict.failures.map(({ message }) => message)]).toEqual([
      false,
      ["rule busy fired 0, expected exactly 1"],
    ]);
    await listDatastores();
    expect(await scenarios.verify("mine")).toEqual({ ok: true, failures: [], inconclusive: [] });
    expect(await scenarios.hits("mine", { rule: "busy" })).toMatchObject([
      { fault: "mine/busy#1", subject: { operation: "ListDatastores" } },
    ]);
    expect(await scenarios.hits("mine", { rule: "other" })).toEqual([]);
    expect((await scenarios.status("mine")).rules).toEqual([{ id: "busy", hits: 1 }]);
    expect((await scenarios.reset("mine")).rules).toEqual([{ id: "busy", hits: 0 }]);
    expect((await scenarios.signal("mine", "heal")).state?.id).toBe("well");
    expect((await scenarios.deactivate("mine")).status).toBe("loaded");
    await scenarios.remove("mine");
    expect(await scenarios.list()).toMatchObject({
      scenarios: [],
      presets: expect.arrayContaining(["import-stuck"]),
    });
  });

  test("loads a scenario from an object and activates it at once", async () => {
    const { scenarios } = reach();
    const tree = { rules: [{ id: "a", effects: [{ hang: {} }] }] };
    expect(await scenarios.put("tree", tree, { activate: true })).toMatchObject({
      status: "active",
      seed: 0,
    });
    expect((await scenarios.list()).scenarios.map(({ name }) => name)).toEqual(["tree"]);
  });

  test("reports the problems of a scenario, line by line", async () => {
    const refused = reach().scenarios.put("mine", "rules:\n  - id: a\n    efects: []\n");
    await expect(refused).rejects.toMatchObject({
      status: 422,
      message:
        'line 2: "effects" is missing at /rules/0\nline 3: unknown key "efects" at /rules/0/efects (did you mean "effects"?)',
    });
    await expect(reach().scenarios.activate("import-stuk")).rejects.toThrow('did you mean "import-stuck"?');
    await expect(reach().scenarios.verify("import-stuck")).rejects.toMatchObject({ status: 409 });
  });

  test("finds requests, one by one and grouped into calls", async () => {
    const control = reach();
    const { scenarios, requests } = control;
    await scenarios.put("mine", YAML, { activate: true });
    await listDatastores();
    const { found, requests: entries } = await requests.list({ op: "List*", account: "111122223333" });
    expect([found, entries.map(({ status }) => status)]).toEqual([2, [429, 200]]);
    expect(await requests.count({ status: 429, fault: "mine" })).toBe(1);
    expect(await control.calls({ limit: 5 })).toMatchObject({
      found: 1,
      calls: [{ outcome: "success", attempts: [{ status: 429, faults: ["mine/busy#1"] }, { status: 200 }] }],
    });
    await expect(requests.list({ status: "often" })).rejects.toThrow("status expects a value such as 404");
    await requests.clear();
    expect(await requests.count()).toBe(0);
  });
});
