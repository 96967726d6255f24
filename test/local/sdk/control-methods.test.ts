import { describe, expect, test } from "vitest";
import type { HttpHandler } from "../../../src/api/http.ts";
import { ControlClient } from "../../../src/index.ts";
import { OPERATIONS, type OperationId } from "../../../src/local/sdk/control-operations.ts";

const resource = "importJob/1";
const name = "one";

/** The method of each operation of `/_local`: an operation without one is missing here, which the compiler says. */
const METHODS: Readonly<Record<OperationId, (control: ControlClient) => Promise<unknown>>> = {
  readIndex: (control) => control.index(),
  readOpenApi: (control) => control.openApi(),
  readHealth: (control) => control.health(),
  readClock: ({ clock }) => clock.now(),
  moveClock: ({ clock }) => clock.resume(),
  readDurations: ({ durations }) => durations.get(),
  changeDurations: ({ durations }) => durations.set({}),
  wait: (control) => control.wait(resource, { status: "COMPLETED" }),
  readStatus: ({ resources }) => resources.get(resource),
  changeStatus: ({ resources }) => resources.push(resource, "FAILED"),
  listHolds: ({ resources }) => resources.holds(),
  readHold: ({ resources }) => resources.holdOf(resource),
  holdResource: ({ resources }) => resources.hold(resource),
  releaseResource: ({ resources }) => resources.release(resource),
  readLimits: ({ limits }) => limits.get(),
  changeLimits: ({ limits }) => limits.set({}),
  reset: (control) => control.reset(),
  listSnapshots: ({ snapshots }) => snapshots.list(),
  readSnapshot: ({ snapshots }) => snapshots.get(name),
  saveSnapshot: ({ snapshots }) => snapshots.save(name),
  removeSnapshot: ({ snapshots }) => snapshots.remove(name),
  restoreSnapshot: ({ snapshots }) => snapshots.restore(name),
  exportSnapshot: ({ snapshots }) => snapshots.export(name),
  importSnapshot: ({ snapshots }) => snapshots.import(name, new Uint8Array(1)),
  readScenarioSchema: ({ scenarios }) => scenarios.schema(),
  listScenarios: ({ scenarios }) => scenarios.list(),
  removeScenarios: ({ scenarios }) => scenarios.removeAll(),
  validateScenario: ({ scenarios }) => scenarios.validate("rules: []"),
  loadScenario: ({ scenarios }) => scenarios.put(name, "rules: []"),
  readScenario: ({ scenarios }) => scenarios.get(name),
  removeScenario: ({ scenarios }) => scenarios.remove(name),
  readScenarioStatus: ({ scenarios }) => scenarios.status(name),
  listScenarioHits: ({ scenarios }) => scenarios.hits(name),
  activateScenario: ({ scenarios }) => scenarios.activate(name),
  deactivateScenario: ({ scenarios }) => scenarios.deactivate(name),
  resetScenario: ({ scenarios }) => scenarios.reset(name),
  signalScenario: ({ scenarios }) => scenarios.signal(name, "heal"),
  verifyScenario: ({ scenarios }) => scenarios.verify(name),
  listRequests: ({ requests }) => requests.list(),
  clearRequests: ({ requests }) => requests.clear(),
  countRequests: ({ requests }) => requests.count(),
  listCalls: (control) => control.calls(),
  readReport: (control) => control.report(),
  clearReport: (control) => control.clearReport(),
  readProgress: (control) => control.importJob("1"),
  readImageSet: (control) => control.imageSet("1"),
};

describe("ControlClient has a method for the operation", () => {
  test.each(Object.entries(OPERATIONS))("%s of /_local", async (id, [method, path]) => {
    const sent: string[] = [];
    const handle: HttpHandler = async (request) => {
      sent.push(`${request.method} ${request.path}`);
      return { status: 200, headers: {}, body: "{}" };
    };
    await METHODS[id as OperationId](new ControlClient(handle));
    const place = new RegExp(`^${method} ${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
    expect(sent).toEqual([expect.stringMatching(place)]);
  });
});
