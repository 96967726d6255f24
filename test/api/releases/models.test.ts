import { describe, expect, test } from "vitest";
import { modelOf } from "../../../src/api/model/model.ts";
import published from "../../../src/api/model/service-model.json" with { type: "json" };
import { missingMembers } from "../../../src/api/releases/behaviours.ts";

const [older, newer] = [modelOf("2024-05"), modelOf("2026-06")];

describe("of the models of releases", () => {
  test("the bounds of inputs are those of the release", () => {
    expect([older.shapes["DICOMPatientId"]?.max, newer.shapes["DICOMPatientId"]?.max]).toEqual([64, 512]);
    expect([older.shapes["DICOMAttribute"]?.max, newer.shapes["DICOMAttribute"]?.max]).toEqual([
      10_000, 30_000,
    ]);
    const patternOf = ({ shapes }: typeof newer) =>
      new RegExp(`^${shapes["DICOMStudyInstanceUID"]?.pattern}$`);
    expect([patternOf(older).test("1.02.3"), patternOf(newer).test("1.02.3")]).toEqual([false, true]);
  });

  test("the errors of operations are those of the release", () => {
    const errorsOf = ({ operations }: typeof newer, name: string) => operations.get(name)?.errors;
    expect(errorsOf(older, "GetImageFrame")).not.toContain("NotAcceptableException");
    expect(errorsOf(newer, "GetImageFrame")).toContain("NotAcceptableException");
    expect(errorsOf(newer, "CreateDatastore")).toContain("ResourceNotFoundException");
  });

  test("the workflow statuses are those of the release", () => {
    expect(older.shapes["ImageSetWorkflowStatus"]?.enum).toHaveLength(10);
    expect(newer.shapes["ImageSetWorkflowStatus"]?.enum).toContain("UPDATING_FOR_STUDY_CONSISTENCY");
  });

  test("the newest one is the published model without what the emulator does not have", () => {
    const dropped = missingMembers().flatMap(({ outputsNeverSent = {} }) => Object.entries(outputsNeverSent));
    const shapes = Object.entries(published.shapes as (typeof newer)["shapes"]);
    for (const [name, { members = {} }] of shapes) {
      const missing = dropped.flatMap(([shape, names]) => (shape === name ? names : []));
      const kept = Object.keys(newer.shapes[name]?.members ?? {});
      // A request's shapes lose their missing inputs, which a test of each input shows.
      if (name.endsWith("Response") || name.endsWith("Properties"))
        expect([...kept, ...missing].toSorted()).toEqual(Object.keys(members).toSorted());
    }
    expect([...newer.operations.keys()]).toEqual([...older.operations.keys()]);
  });
});
