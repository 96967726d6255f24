import { expect, test } from "vitest";
import { DicomError } from "../../../src/imaging/dicom/dicom-error.ts";

test("messages of DICOM errors have only characters that a failure record may hold", () => {
  const { message } = new DicomError("a; b = [c] <d>?\n\u00e9 `e` (f), 100%: ok");
  expect(message).toMatch(/^[\w -:]{1,2048}$/);
  expect(message).toContain("(f), 100%: ok");
});

test("messages of DICOM errors have a maximum length", () => {
  expect(new DicomError("x".repeat(5000)).message.length).toBe(2048);
});
