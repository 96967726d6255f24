import { describe, expect, test } from "vitest";
import { WARNING_CODES, type ImportWarning } from "../../../../src/api/import-warnings.ts";
import { LOOSE_VALUE_LIMITS } from "../../../../src/api/limits/value-limits.ts";
import { pixelDataOf } from "../../../../src/imaging/dicom/frames/frames.ts";
import { Findings } from "../../../../src/imaging/dicom/metadata/findings.ts";
import { describeInstance, withWarningReasons } from "../../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import { PIXEL_DATA } from "../../../../src/imaging/dicom/tag.ts";
import { PROPER_FILES, WARNED_FILES } from "../warned-files.ts";
import { dicomFile, element, instanceElements } from "../write-dicom.ts";

function warningsOf(bytes: Uint8Array): ImportWarning[] {
  const findings = new Findings();
  const part10 = parsePart10(bytes);
  describeInstance(part10, { limits: LOOSE_VALUE_LIMITS, findings });
  for (const problem of pixelDataOf(part10)?.problems ?? []) findings.add(problem, PIXEL_DATA);
  return findings.warnings;
}

describe("what DICOM forbids is found:", () => {
  test.each(WARNED_FILES)("$name", ({ bytes, types, named }) => {
    const warnings = warningsOf(bytes);
    expect(warnings.map(({ type }) => type)).toEqual(types);
    expect(warnings[0]?.message).toContain(named);
  });

  test("there is a file for each code", () => {
    const types = new Set(WARNED_FILES.flatMap((file) => file.types));
    expect([...types].toSorted()).toEqual(Object.keys(WARNING_CODES).toSorted());
  });
});

test.each(PROPER_FILES)("nothing is found in %s", (_, bytes) => {
  expect(warningsOf(bytes)).toEqual([]);
});

test("the message of many elements names ten of them", () => {
  const long = "x".repeat(65);
  const elements = Array.from({ length: 12 }, (_, at) =>
    element(`0009${(0x1001 + at).toString(16).toUpperCase()}`, "LO", long),
  );
  const [warning] = warningsOf(dicomFile(instanceElements(...elements)));
  expect(warning?.message).toMatch(/: \(0009,1001\), .*, \(0009,100A\) and 2 more$/);
});

describe("Warning Reason", () => {
  const described = describeInstance(
    parsePart10(dicomFile(instanceElements(element("00081196", "US", 1), element("00200013", "IS", "1")))),
  );
  const warn = (...types: readonly ImportWarning["type"][]) =>
    withWarningReasons(
      described,
      types.map((type) => ({ type, message: "" })),
    ).instance.DICOM;

  test("is the code of a warning, at its place, instead of the file's", () => {
    const { WarningReason, ...others } = warn("Other");
    expect(WarningReason).toBe(47513);
    expect(others).not.toHaveProperty("0");
    expect(Object.keys(warn("Other"))).toEqual(Object.keys(described.instance.DICOM));
  });

  test("is a list of several codes", () => {
    expect(warn("InvalidUidFormat", "Other")["WarningReason"]).toEqual([45570, 47513]);
  });

  test("is the file's without a warning", () => {
    expect(warn()["WarningReason"]).toBe(1);
  });
});
