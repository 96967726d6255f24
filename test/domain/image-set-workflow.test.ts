import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ServiceError } from "../../src/api/errors.ts";
import { addVersion, moveLatest, requireFree } from "../../src/domain/image-sets/image-set-transitions.ts";
import {
  IMAGE_SET_WORKFLOW,
  latestVersion,
  type ImageSet,
  type WorkflowStatus,
} from "../../src/domain/image-sets/image-set.ts";
import { MemoryState } from "../../src/storage/documents/memory-state.ts";
import { model, modelOf, type Model } from "../../src/api/model/model.ts";
import { statusesOf } from "../../src/domain/resource.ts";

const STATUSES = Object.keys(IMAGE_SET_WORKFLOW) as WorkflowStatus[];
/** Work that is done on a version of its own (facts: image-sets#states). */
const MAKES_VERSION: ReadonlySet<WorkflowStatus> = new Set([
  "UPDATING",
  "UPDATING_FOR_STUDY_CONSISTENCY",
  "COPYING",
  "IMPORTING",
]);

const imageSet = (): ImageSet => ({
  imageSetId: "i",
  datastoreId: "d",
  createdAt: 0,
  deletedAt: null,
  frameIds: [],
  tags: {},
  versions: [
    {
      versionId: 1,
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "CREATED",
      updatedAt: 0,
      message: null,
      metadataKey: "1",
      dicomTags: {},
    },
  ],
});

/** One step in any direction: what happens to the image set, or why it does not. */
function step(state: MemoryState, status: WorkflowStatus, updatedAt: number): ImageSet {
  return state.update((change) => {
    const current = change.imageSets.get("i") ?? imageSet();
    const move = MAKES_VERSION.has(status) ? addVersion : moveLatest;
    return move(change, current, status, { updatedAt });
  });
}

describe("the workflow of image sets", () => {
  test("has the ten statuses of the guide, and those that came later", () => {
    const enumOf = ({ shapes }: Model) => new Set(shapes["ImageSetWorkflowStatus"]?.enum);
    expect(new Set(Object.keys(statusesOf(model).next.imageSet))).toEqual(enumOf(model));
    expect(enumOf(model).size).toBe(10);
    expect(new Set(STATUSES)).toEqual(enumOf(modelOf("2026-06")));
  });

  test("of a release leads to no status that the release does not have", () => {
    for (const served of [model, modelOf("2026-06")]) {
      const { next, transient } = statusesOf(served);
      const known = Object.keys(next.imageSet);
      expect(known).toEqual(expect.arrayContaining(Object.values(next.imageSet).flat()));
      expect(known).toEqual(expect.arrayContaining([...transient.imageSet]));
      expect(transient.imageSet.includes("IMPORTING")).toBe(known.includes("IMPORTED"));
    }
  });

  test("takes only the steps of its table, and a refused step changes nothing", () => {
    const steps = fc.array(fc.constantFrom(...STATUSES), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (wanted) => {
        const state = new MemoryState();
        state.update(({ imageSets }) => imageSets.put(imageSet()));
        for (const [index, status] of wanted.entries()) {
          const before = state.imageSets.get("i") ?? imageSet();
          const latest = latestVersion(before);
          const isAllowed = IMAGE_SET_WORKFLOW[latest.imageSetWorkflowStatus].next.includes(status);
          if (!isAllowed) {
            expect(() => step(state, status, index)).toThrow(/cannot go/);
            expect(state.imageSets.get("i")).toBe(before);
            continue;
          }
          const after = step(state, status, index);
          const { versionId, imageSetState, imageSetWorkflowStatus } = latestVersion(after);
          expect(versionId).toBe(latest.versionId + (MAKES_VERSION.has(status) ? 1 : 0));
          expect(imageSetWorkflowStatus).toBe(status);
          expect(imageSetState).toBe(IMAGE_SET_WORKFLOW[status].state);
          expect(after.versions.map((version) => version.versionId)).toEqual(
            after.versions.map((_, at) => at + 1),
          );
          const old = after.versions.slice(0, -1).map((version) => version.imageSetState);
          expect(new Set(old).has("LOCKED")).toBe(false);
        }
      }),
    );
  });

  test("refuses writes while an image set is LOCKED, and leads out of every LOCKED status", () => {
    for (const status of STATUSES) {
      const { state: imageSetState, next } = IMAGE_SET_WORKFLOW[status];
      const [version] = imageSet().versions;
      const here = {
        ...imageSet(),
        versions: [{ ...version, imageSetState, imageSetWorkflowStatus: status }],
      } as const;
      if (imageSetState === "LOCKED") {
        expect(() => requireFree(here, "1")).toThrow(ServiceError);
        expect(next.every((to) => IMAGE_SET_WORKFLOW[to].state !== "LOCKED")).toBe(true);
        expect(next.length).toBeGreaterThan(0);
      } else {
        expect(() => requireFree(here, "1")).not.toThrow();
        expect(() => requireFree(here, "2")).toThrow(/latest version/);
      }
    }
  });
});
