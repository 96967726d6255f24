import { expect, test } from "vitest";
import { groupingKey } from "../../../../src/imaging/dicom/metadata/grouping-key.ts";

const NOTHING = { patient: {}, study: {}, series: {} };

test("the grouping key does not depend on the order of keys, at any depth", () => {
  const one = groupingKey({
    patient: { PatientID: "1", PatientName: null },
    study: {},
    series: { A: [{ b: 1, c: ["", "x"] }] },
  });
  const other = groupingKey({
    patient: { PatientName: null, PatientID: "1" },
    study: {},
    series: { A: [{ c: ["", "x"], b: 1 }] },
  });
  expect(one).toBe(other);
});

test.each([
  ["a value", { PatientID: "1" }, { PatientID: "2" }],
  ["null and absence", { PatientID: null }, {}],
  ["a number and its text", { A: 1 }, { A: "1" }],
  ["the order of a list", { A: ["x", "y"] }, { A: ["y", "x"] }],
  ["one value and a list of it", { A: "x" }, { A: ["x"] }],
])("the grouping key differs by %s", (_, one, other) => {
  expect(groupingKey({ ...NOTHING, patient: one })).not.toBe(groupingKey({ ...NOTHING, patient: other }));
});

test("the grouping key differs where the same value is at another level", () => {
  expect(groupingKey({ ...NOTHING, study: { A: "x" } })).not.toBe(
    groupingKey({ ...NOTHING, series: { A: "x" } }),
  );
});
