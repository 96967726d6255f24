import { crc32, inflateRawSync } from "node:zlib";
import dicomParser from "dicom-parser";
import { describe, expect, test } from "vitest";
import { DicomError } from "../../src/dicom/dicom-error.ts";
import { pixelDataOf } from "../../src/dicom/frames.ts";
import { frameShapeOf, numberOfFrames } from "../../src/dicom/image-attributes.ts";
import { describeInstance } from "../../src/dicom/metadata.ts";
import { parsePart10 } from "../../src/dicom/part10.ts";
import {
  brokenFiles,
  goldenFiles,
  type GoldenMetadata,
  nativeFiles,
  soundFiles,
  readCorpus,
} from "./corpus.ts";

/** golden.json leaves out the empty component groups at the end of a name, as pydicom does. */
const withoutEmptyGroups = (name: unknown): unknown =>
  typeof name === "string" ? name.replace(/=+$/, "") : (name ?? "");

describe.skipIf(goldenFiles.length === 0)("files of the corpus", () => {
  test.each(soundFiles)("$path is described as golden.json has it", (golden) => {
    const bytes = readCorpus(golden);
    const part10 = parsePart10(bytes);
    const described = describeInstance(part10);
    expect({
      transferSyntaxUID: part10.transferSyntax.uid,
      sopClassUID: described.sopClassUID,
      studyInstanceUID: described.studyInstanceUID,
      seriesInstanceUID: described.seriesInstanceUID,
      sopInstanceUID: described.sopInstanceUID,
      patientId: described.patient["PatientID"] ?? "",
      patientName: withoutEmptyGroups(described.patient["PatientName"]),
      privateElements: privateTags(Object.keys(described.instance.DICOM)) + privateGroupLengths(bytes),
    }).toEqual({
      transferSyntaxUID: golden.transferSyntaxUID,
      sopClassUID: golden.sopClassUID,
      studyInstanceUID: golden.studyInstanceUID,
      seriesInstanceUID: golden.seriesInstanceUID,
      sopInstanceUID: golden.sopInstanceUID,
      patientId: golden.patientId ?? "",
      patientName: golden.patientNameDcmtkUtf8 ?? golden.patientName ?? "",
      privateElements: golden.privateElements,
    });
  });

  test.each(soundFiles.filter(({ pixelKeyword }) => pixelKeyword === "PixelData"))(
    "$path has the shape that golden.json has",
    (golden) => {
      const { dataSet } = parsePart10(readCorpus(golden));
      expect({ ...frameShapeOf(dataSet), frames: numberOfFrames(dataSet) }).toEqual({
        rows: golden.rows,
        columns: golden.columns,
        samplesPerPixel: golden.samplesPerPixel,
        bitsAllocated: golden.bitsAllocated,
        bitsStored: golden.bitsStored,
        highBit: golden.highBit,
        isSigned: golden.pixelRepresentation === 1,
        planarConfiguration: golden.planarConfiguration ?? 0,
        photometricInterpretation: golden.photometricInterpretation,
        frames: golden.numberOfFrames ?? 1,
      });
    },
  );

  test.each(nativeFiles.filter(isByteForByte))("$path has the frames that golden.json has", (golden) => {
    const pixelData = pixelDataOf(parsePart10(readCorpus(golden)));
    const expected = golden.frames.map((frame) => frame.nativeCrc32 ?? frame.crc32);
    expect(pixelData?.frames.map((frame) => crc32(frame))).toEqual(expected);
  });

  test.each(nativeFiles.filter(({ pixelKeyword }) => pixelKeyword === null))(
    "$path has no frames",
    (golden) => {
      expect(pixelDataOf(parsePart10(readCorpus(golden)))).toBeUndefined();
    },
  );

  // What is corrupt in a codestream shows when that is decoded.
  const refused = brokenFiles.filter(({ expect: { kind } }) => kind !== "CORRUPT_CODESTREAM");
  test.each(refused)("$path is refused", (golden) => {
    expect(() => {
      const part10 = parsePart10(readCorpus(golden));
      describeInstance(part10);
      pixelDataOf(part10);
    }).toThrow(DicomError);
  });
});

/** golden.json holds frames interleaved by pixel; these lie so in the file. */
function isByteForByte({
  planarConfiguration,
  samplesPerPixel,
  bitsAllocated,
  pixelKeyword,
}: GoldenMetadata) {
  return (
    pixelKeyword === "PixelData" &&
    bitsAllocated !== 1 &&
    (planarConfiguration !== 1 || samplesPerPixel === 1)
  );
}

const privateTags = (keys: readonly string[]): number =>
  keys.filter((key) => /^[0-9A-F]{3}[13579BDF][0-9A-F]{4}$/.test(key)).length;

const privateGroupLengths = (bytes: Uint8Array): number =>
  Object.keys(dicomParser.parseDicom(bytes, { inflater: inflate }).elements).filter((tag) =>
    /^x...[13579bdf]0000$/.test(tag),
  ).length;

const inflate = (bytes: Uint8Array, position: number): Uint8Array =>
  Buffer.concat([bytes.subarray(0, position), inflateRawSync(bytes.subarray(position))]);
