import { describe, expect, test } from "vitest";
import type { Caller } from "../../src/domain/caller.ts";
import { Datastores } from "../../src/domain/datastores/datastores.ts";
import type { ImageSet, WorkflowStatus } from "../../src/domain/image-sets/image-set.ts";
import { LockedWork } from "../../src/domain/image-sets/locked-work.ts";
import { Quotas } from "../../src/domain/limits/quotas.ts";
import type { Decision, Transition } from "../../src/domain/time/transitions.ts";
import { MemoryState } from "../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../manual-clock.ts";
import { createTransitions } from "../transitions.ts";

const CALLER: Caller = { account: "000000000000", region: "us-east-1", accessKeyId: "test" };
const log = { info: () => {}, warn: () => {}, error: () => {} };

describe("a rule for transitions", () => {
  test("makes the creation of a data store fail, and does not prevent its deletion", () => {
    const clock = new ManualClock();
    const transitions = createTransitions(clock);
    const asked: Transition[] = [];
    transitions.addRule((transition) => {
      asked.push(transition);
      return { failure: "no" };
    });
    const state = new MemoryState();
    const datastores = new Datastores({
      state,
      clock,
      createId: () => "d",
      transitions,
      quotas: new Quotas(),
    });
    datastores.create(CALLER, {});
    clock.advance(500);
    expect(state.datastores.get("d")?.datastoreStatus).toBe("CREATE_FAILED");
    datastores.delete(CALLER, "d");
    clock.advance(300);
    expect(state.datastores.get("d")?.datastoreStatus).toBe("DELETED");
    expect(asked.map(({ from, to }) => [from, to])).toEqual([
      ["CREATING", "ACTIVE"],
      ["DELETING", "DELETED"],
    ]);
  });

  const locked = (imageSetWorkflowStatus: WorkflowStatus): ImageSet => ({
    imageSetId: "i",
    datastoreId: "d",
    createdAt: 0,
    deletedAt: null,
    frameIds: [],
    tags: {},
    versions: [
      {
        versionId: 2,
        imageSetState: "LOCKED",
        imageSetWorkflowStatus,
        updatedAt: new ManualClock().now(),
        message: null,
        metadataKey: "k",
        dicomTags: {},
      },
    ],
  });

  async function work(decision: Decision) {
    const clock = new ManualClock();
    const transitions = createTransitions(clock);
    const asked: Transition[] = [];
    transitions.addRule((transition) => {
      asked.push(transition);
      return decision;
    });
    const lockedWork = new LockedWork({ clock, transitions, log });
    const done: unknown[] = [];
    lockedWork.start<{ key: string }>({
      imageSets: [locked("UPDATING")],
      prepare: async () => ({ key: "new" }),
      statusAfter: (outcome) => (typeof outcome === "string" ? "UPDATE_FAILED" : "UPDATED"),
      finish: (outcome) => void done.push(outcome),
      discard: async ({ key }) => void done.push(`no ${key}`),
    });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(300);
    await new Promise((resolve) => setImmediate(resolve));
    return { clock, lockedWork, asked, done };
  }

  test("makes the work on an image set fail without leftovers", async () => {
    const { lockedWork, asked, done } = await work({ failure: "no" });
    expect(asked).toEqual([{ kind: "imageSet", id: "i", datastoreId: "d", from: "UPDATING", to: "UPDATED" }]);
    expect(done).toEqual(["no", "no new"]);
    expect(lockedWork.isUnderWay("i")).toBe(false);
  });

  test("delays the work on an image set", async () => {
    const { clock, lockedWork, done } = await work({ waitMs: 1_000 });
    clock.advance(999);
    expect([done, lockedWork.isUnderWay("i")]).toEqual([[], true]);
    clock.advance(1);
    expect([done, lockedWork.isUnderWay("i")]).toEqual([[{ key: "new" }], false]);
  });

  test("that holds the work on an image set delays neither a stop nor a failure by hand", async () => {
    const { lockedWork, done } = await work("hold");
    lockedWork.fail("i", "by hand");
    await lockedWork.stop();
    expect(done).toEqual(["by hand", "no new"]);
    const other = await work("hold");
    await other.lockedWork.stop();
    expect(other.done).toEqual([]);
  });
});
