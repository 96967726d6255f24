import { describe, expect, test } from "vitest";
import { checkCopiable } from "../../../../src/domain/image-sets/metadata/select-instances.ts";
import { readPayload } from "../../../../src/domain/image-sets/metadata/update-payload.ts";

const read = (patient: string): string =>
  readPayload("updatableAttributes", Buffer.from(`{"SchemaVersion": "1.1", "Patient": ${patient}}`));

describe("a payload of UpdateImageSetMetadata", () => {
  test.each([
    String.raw`{"DICOM": {"PatientName": "Doe\ud800"}}`,
    String.raw`{"DICOM": {"PatientName": "\uDC00Doe"}}`,
    String.raw`{"DICOM": {"Patient\ud83dName": "Doe"}}`,
    String.raw`{"DICOM": {"OtherPatientNames": ["\uDE00\uD83D"]}}`,
  ])("with half of a surrogate pair is refused: %s", (patient) => {
    expect(() => read(patient)).toThrow(
      expect.objectContaining({
        code: "ValidationException",
        message: "updatableAttributes has half of a surrogate pair, which is not a character",
      }),
    );
  });

  test.each([
    [
      "levels",
      `{"DICOM": {"PatientName": "\\ud800", "X": ${"[".repeat(4_800)}${"]".repeat(4_800)}}}`,
      "is more than 32 levels deep",
    ],
    ["values", `{"DICOM": {"X": [${"0,".repeat(100_000)}0]}}`, "has more than 100000 values"],
  ])("of very many %s is refused", (_, patient, problem) => {
    expect(() => read(patient)).toThrow(
      expect.objectContaining({ code: "ValidationException", message: `updatableAttributes ${problem}` }),
    );
  });

  test.each([
    String.raw`{"DICOM": {"PatientName": "Doe\ud83d\ude00"}}`,
    String.raw`{"DICOM": {"PatientName": "Doe\\ud800"}}`,
    `{"DICOM": {"PatientName": "Doe\u{1f600}"}}`,
  ])("may have whole surrogate pairs, and text that only looks like half of one: %s", (patient) => {
    expect(read(patient)).toContain(patient);
  });
});

test("JSON that is encoded as base64 is refused with a hint about the member that has it", () => {
  const encoded = Buffer.from('{"SchemaVersion":1.1}').toString("base64");
  const refused = (hint: string): unknown =>
    expect.objectContaining({ code: "ValidationException", hint: expect.stringContaining(hint) as string });
  expect(() => readPayload("updatableAttributes", Buffer.from(encoded))).toThrow(refused("AWS CLI"));
  expect(() => checkCopiable(encoded)).toThrow(refused("not encoded as base64"));
});
