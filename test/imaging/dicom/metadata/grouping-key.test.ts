import { expect, test } from "vitest";
import { groupingKey } from "../../../../src/imaging/dicom/metadata/grouping-key.ts";

test("the grouping key does not depend on the order of keys, at any depth", () => {
  const one = groupingKey({ PatientID: "1", PatientName: null }, {}, { A: [{ b: 1, c: ["", "x"] }] });
  const other = groupingKey({ PatientName: null, PatientID: "1" }, {}, { A: [{ c: ["", "x"], b: 1 }] });
  expect(one).toBe(other);
});

test.each([
  ["a value", { PatientID: "1" }, { PatientID: "2" }],
  ["null and absence", { PatientID: null }, {}],
  ["a number and its text", { A: 1 }, { A: "1" }],
  ["the order of a list", { A: ["x", "y"] }, { A: ["y", "x"] }],
  ["one value and a list of it", { A: "x" }, { A: ["x"] }],
])("the grouping key differs by %s", (_, one, other) => {
  expect(groupingKey(one, {}, {})).not.toBe(groupingKey(other, {}, {}));
});

test("the grouping key differs where the same value is at another level", () => {
  expect(groupingKey({}, { A: "x" }, {})).not.toBe(groupingKey({}, {}, { A: "x" }));
});
