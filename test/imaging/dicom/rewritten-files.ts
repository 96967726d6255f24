import { describe, expect, test } from "vitest";
import type { DataSet } from "../../../src/imaging/dicom/data-set.ts";
import { tagOf } from "../../../src/imaging/dicom/dictionary/dictionary.ts";
import type { MetadataObject } from "../../../src/imaging/dicom/element-value.ts";
import { dataSetOf } from "../../../src/imaging/dicom/part10/instance-data-set.ts";
import { describeInstance, type InstanceDescription } from "../../../src/imaging/dicom/metadata/metadata.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { writePart10 } from "../../../src/imaging/dicom/part10/write-part10.ts";
import { type Corpus, EXPLICIT_VR_LITTLE_ENDIAN, readFrom } from "../../corpus/corpus.ts";
import { soundFilesOf } from "./corpus.ts";

export const fileMeta: DataSet = new Map([
  ["00020010", { tag: "00020010", vr: "UI", bytes: Buffer.from(`${EXPLICIT_VR_LITTLE_ENDIAN}\0`) }],
]);

export function describeRewrittenFiles(corpus: Corpus): void {
  describe(`the metadata of ${corpus.name}, written as a data set,`, () => {
    test.each(soundFilesOf(corpus))("is unchanged when read again: $path", (file) => {
      const before = describeInstance(parsePart10(readFrom(corpus, file)));
      expect(withoutLayout(describeInstance(parsePart10(rewrite(before))))).toEqual(withoutLayout(before));
    });
  });
}

/** The Part 10 file that metadata makes. */
export function rewrite({ patient, study, series, instance }: InstanceDescription): Buffer {
  const attributes = { ...patient, ...study, ...series, ...dataOf(instance.DICOM) };
  return writePart10({ fileMeta, dataSet: dataSetOf(attributes, instance.DICOMVRs) });
}

/** Without what is of the file, not of the data set. */
const dataOf = (attributes: MetadataObject): MetadataObject =>
  Object.fromEntries(
    Object.entries(attributes).filter(([name]) => name !== "PixelData" && !tagOf(name)?.startsWith("0002")),
  );

export const withoutLayout = ({ instance, ...blocks }: InstanceDescription): unknown => {
  const { SpecificCharacterSet: _, ...DICOM } = dataOf(instance.DICOM);
  return { ...blocks, instance: { DICOM, DICOMVRs: instance.DICOMVRs } };
};
