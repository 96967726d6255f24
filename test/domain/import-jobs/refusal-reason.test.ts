import { expect, test } from "vitest";
import { refusalReason } from "../../../src/domain/import-jobs/refusal-reason.ts";

test.each([
  ["BitsAllocated 32 is not supported, expected 8 or 16", "BitsAllocated 32"],
  ["Binary segmentation (BitsAllocated 1) is not supported by the service", "binary segmentation"],
  [
    "BitsAllocated 1 found, expected 8 or 16: binary segmentation is not supported by the service",
    "binary segmentation",
  ],
  ["DICOM attribute StudyInstanceUID does not exist", "StudyInstanceUID does not exist"],
  ["DICOM attributes does not exist", "DICOM attributes does not exist"],
  ["DICOM attribute SOPInstanceUID is not a valid UID: DOE JANE", "SOPInstanceUID is not a valid UID"],
  [
    "Transfer syntax 1.2.840.10008.1.2.4.100 is not supported by the service",
    "Transfer syntax 1.2.840.10008.1.2.4.100",
  ],
  ["Transfer syntax 1.2.276.0.7230010.3 is not supported by the service", "Transfer syntax ..."],
  ["Transfer syntax DOE JANE is not supported by the service", "Transfer syntax (unknown)"],
  [
    "PhotometricInterpretation DOE with SamplesPerPixel 1 is not supported, expected MONOCHROME1 or MONOCHROME2",
    "PhotometricInterpretation (unknown) with SamplesPerPixel 1",
  ],
  [
    "PhotometricInterpretation RGB with SamplesPerPixel 1 is not supported",
    "PhotometricInterpretation RGB with SamplesPerPixel 1",
  ],
  ...["DOE, JANE", "RGB JANE", "YBR_JANE", "DOE is JANE", "DOE\nJANE", "A with SamplesPerPixel 1 B"].map(
    (value) => [
      `PhotometricInterpretation ${value} with SamplesPerPixel 1 is not supported, expected MONOCHROME1`,
      "PhotometricInterpretation (unknown) with SamplesPerPixel 1",
    ],
  ),
  ["DICOM attribute SOPInstanceUID is not a valid UID: DOE\nJANE", "SOPInstanceUID is not a valid UID"],
  ["PhotometricInterpretation DOE found, but the JPEG frame says", "PhotometricInterpretation (unknown)"],
  [
    "PhotometricInterpretation (empty) with SamplesPerPixel 1 is not supported",
    "PhotometricInterpretation (empty) with SamplesPerPixel 1",
  ],
  ["The file could not be processed: RangeError of DOE JANE", "The file could not be processed"],
  ["Not read from the input bucket: EACCES", "Not read from the input bucket"],
  ["x".repeat(200), `${"x".repeat(80)}...`],
])("the reason of %j is %j", (message, reason) => {
  expect(refusalReason({ message })).toBe(reason);
});

test("the reason of a scenario's refusal names its rule, the same for all its matches", () => {
  const reason = refusalReason({ message: "anything", fault: "nightly/bad-files#7" });
  expect(reason).toBe("anything [fault nightly/bad-files]");
});
