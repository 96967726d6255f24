import { crc32, inflateRawSync } from "node:zlib";
import dicomParser from "dicom-parser";
import { describe, expect, test } from "vitest";
import { DicomError } from "../../../src/imaging/dicom/dicom-error.ts";
import { pixelDataOf } from "../../../src/imaging/dicom/frames/frames.ts";
import { frameShapeOf, numberOfFrames } from "../../../src/imaging/dicom/frames/frame-attributes.ts";
import { describeInstance } from "../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { type Corpus, readFrom } from "../../corpus/corpus.ts";
import { brokenFilesOf, type GoldenMetadata, nativeFilesOf, soundFilesOf } from "./corpus.ts";

/** golden.json leaves out the empty component groups at the end of a name, as pydicom does. */
const withoutEmptyGroups = (name: unknown): unknown =>
  typeof name === "string" ? name.replace(/=+$/, "") : (name ?? "");

/** What `expect.kind` shows only when pixels are decoded. */
const SHOWN_BY_DECODING: ReadonlySet<string> = new Set(["CORRUPT_CODESTREAM", "BAD_IMAGE_SHAPE"]);

export function describeGoldenFiles(corpus: Corpus): void {
  describe(`files of ${corpus.name}`, () => {
    testGoldenFiles(corpus);
  });
}

function testGoldenFiles(corpus: Corpus): void {
  test.each(soundFilesOf(corpus))("$path is described as golden.json has it", (golden) => {
    const bytes = readFrom(corpus, golden);
    const part10 = parsePart10(bytes);
    const described = describeInstance(part10);
    expect({
      transferSyntaxUID: part10.transferSyntaxUid,
      sopClassUID: described.sopClassUID,
      studyInstanceUID: described.studyInstanceUID,
      seriesInstanceUID: described.seriesInstanceUID,
      sopInstanceUID: described.sopInstanceUID,
      patientId: described.patient["PatientID"] ?? "",
      patientName: withoutEmptyGroups(described.patient["PatientName"]),
      privateElements:
        privateTags(Object.keys(described.instance.DICOM)) + privateGroupLengths(golden, bytes),
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

  test.each(soundFilesOf(corpus).filter(({ pixelKeyword }) => pixelKeyword === "PixelData"))(
    "$path has the shape that golden.json has",
    (golden) => {
      const { dataSet } = parsePart10(readFrom(corpus, golden));
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

  test.each(nativeFilesOf(corpus).filter(isByteForByte))(
    "$path has the frames that golden.json has",
    (golden) => {
      const pixelData = pixelDataOf(parsePart10(readFrom(corpus, golden)));
      const expected = golden.frames.map((frame) => frame.nativeCrc32 ?? frame.crc32);
      expect(pixelData?.frames.map((frame) => crc32(frame))).toEqual(expected);
    },
  );

  test.each(nativeFilesOf(corpus).filter(({ pixelKeyword }) => pixelKeyword === null))(
    "$path has no frames",
    (golden) => {
      expect(pixelDataOf(parsePart10(readFrom(corpus, golden)))).toBeUndefined();
    },
  );

  const refused = brokenFilesOf(corpus).filter(({ expect: { kind } }) => !SHOWN_BY_DECODING.has(kind ?? ""));
  test.each(refused)("$path is refused", (golden) => {
    expect(() => {
      const part10 = parsePart10(readFrom(corpus, golden));
      describeInstance(part10);
      pixelDataOf(part10);
    }).toThrow(DicomError);
  });
}

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

/** dicom-parser, which counts those of real files, does not know every VR that ours have. */
const privateGroupLengths = (golden: GoldenMetadata, bytes: Uint8Array): number =>
  golden.privateGroupLengths ??
  Object.keys(dicomParser.parseDicom(bytes, { inflater: inflate }).elements).filter((tag) =>
    /^x...[13579bdf]0000$/.test(tag),
  ).length;

const inflate = (bytes: Uint8Array, position: number): Uint8Array =>
  Buffer.concat([bytes.subarray(0, position), inflateRawSync(bytes.subarray(position))]);
