import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DICTIONARY_TABLE } from "../../../../src/imaging/dicom/dictionary/dictionary-table.ts";
import { describeInstance } from "../../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../../src/imaging/dicom/part10/part10.ts";
import { dicomFile, element, instanceElements, type WritableElement } from "../write-dicom.ts";

const importing =
  (...elements: WritableElement[]) =>
  () =>
    describeInstance(parsePart10(dicomFile(instanceElements(...elements))));

describe("the import constraints on lengths:", () => {
  test("a PatientID of the longest length is taken, and a longer one is refused", () => {
    expect(importing(element("00100020", "LO", "1".repeat(64)))).not.toThrow();
    expect(importing(element("00100020", "LO", "1".repeat(65)))).toThrow(
      "DICOM attribute PatientID has 65 characters, at most 64 are allowed",
    );
  });

  test("a length is counted in characters, not in bytes, and without padding", () => {
    const utf8 = element("00080005", "CS", "ISO_IR 192");
    expect(importing(utf8, element("00100020", "LO", Buffer.from(`${"𠮷".repeat(64)}  `)))).not.toThrow();
    expect(importing(utf8, element("00100020", "LO", Buffer.from("𠮷".repeat(65))))).toThrow(
      "has 65 characters",
    );
  });

  test("the length of several values includes their separators", () => {
    expect(importing(element("00100020", "LO", `${"1".repeat(60)}\\234`))).not.toThrow();
    expect(importing(element("00100020", "LO", `${"1".repeat(60)}\\2345`))).toThrow(
      "DICOM attribute PatientID has 65 characters, at most 64 are allowed",
    );
  });

  test("a number of instances is limited by its value, not by its length", () => {
    expect(importing(element("00201208", "IS", "10000"))).not.toThrow();
    expect(importing(element("00201208", "IS", "10001"))).toThrow(
      "DICOM attribute NumberOfStudyRelatedInstances is 10001, at most 10000 is allowed",
    );
  });
});

describe("the import constraints on UIDs:", () => {
  test.each(["1", "0.1", "2.25.0", "1.2.840.10008", "1".repeat(64)])("the UID %s is taken", (uid) => {
    expect(importing(element("0020000E", "UI", uid))).not.toThrow();
  });

  test.each(["1.2.03.ABC..4", "1..2", ".1", "1.", "1.02", "1.2 3", "abc"])("the UID %s is refused", (uid) => {
    expect(importing(element("0020000E", "UI", uid))).toThrow(
      /^DICOM attribute SeriesInstanceUID is not a valid UID: [\w -:]+$/,
    );
  });

  test("two UIDs in place of one are refused", () => {
    expect(importing(element("0020000E", "UI", "1.2\\1.3"))).toThrow(
      "DICOM attribute SeriesInstanceUID has 2 values, expected 1",
    );
  });

  test.each([
    ["0020000D", "StudyInstanceUID"],
    ["0020000E", "SeriesInstanceUID"],
    ["00080018", "SOPInstanceUID"],
  ])("a UID in %s of more than 64 characters is refused", (tag, keyword) => {
    expect(importing(element(tag, "UI", "1".repeat(66)))).toThrow(
      `DICOM attribute ${keyword} has 66 characters, at most 64 are allowed`,
    );
  });
});

const CONTRACT = join(import.meta.dirname, "../../../../../shared/contract/dicom-support.json");
const isHere = existsSync(CONTRACT);
if (!isHere)
  process.stderr.write("SKIPPED: drift of the import constraints, no contract/dicom-support.json\n");

describe.skipIf(!isHere)("the contract's limits", () => {
  const limits: Record<string, [number, number]> = isHere
    ? JSON.parse(readFileSync(CONTRACT, "utf8")).importElementLengths
    : {};

  test.each(Object.entries(limits))("hold for %s", (keyword, [, limit]) => {
    const [tag = "", vr = ""] =
      DICTIONARY_TABLE.split("\n")
        .find((row) => row.endsWith(` ${keyword}`))
        ?.split(" ") ?? [];
    const isCount = keyword.startsWith("NumberOf");
    const valueOf = (size: number) => (isCount ? String(size) : "1".repeat(size));
    expect(importing(element(tag, vr, valueOf(limit)))).not.toThrow();
    expect(importing(element(tag, vr, valueOf(limit + 1)))).toThrow(keyword);
  });
});
