import type { DataSet } from "../../imaging/dicom/data-set.ts";
import { tagOf } from "../../imaging/dicom/dictionary/dictionary.ts";
import type { MetadataObject } from "../../imaging/dicom/element-value.ts";
import { dataSetOf } from "../../imaging/dicom/part10/instance-data-set.ts";
import { writeDataSet, writePart10 } from "../../imaging/dicom/part10/write-part10.ts";
import { PIXEL_DATA } from "../../imaging/dicom/tag.ts";
import type { Attributes } from "../../domain/image-sets/metadata/metadata-document.ts";

/** A file without its pixel data: what comes before and after. */
export interface FileParts {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Extended offset tables, pixel data and what describes its encoding, as in the imported file. */
const IS_ENCODING = /^7FE0(000[1-389]|0010)$/;

export const isPixelEncoding = (tag: string): boolean => IS_ENCODING.test(tag);

/** Generated once for this program: 2.25 and a UUID (PS3.5 B.2). */
const IMPLEMENTATION_CLASS_UID = "2.25.176316047029464218402734113563215017763";
const IMPLEMENTATION_VERSION_NAME = "HEALTHIMAGING-LC";

/**
 * Writes an instance without its pixel data. File meta information of the imported file is kept if it does
 * not describe that file itself.
 */
export function writeFileParts(
  attributes: Attributes,
  vrs: Readonly<Record<string, string>>,
  transferSyntaxUID: string,
): FileParts {
  const own = ownFileMeta(attributes, transferSyntaxUID);
  const keptFileMeta = pick(attributes, (tag) => tag.startsWith("0002") && !own.has(tag));
  // A character set here would be an element of another group.
  const kept = [...dataSetOf(keptFileMeta, vrs)].filter(([tag]) => tag.startsWith("0002"));
  const fileMeta: DataSet = new Map([...own, ...kept].toSorted(byTag));
  const data = pick(attributes, (tag) => !tag.startsWith("0002") && !isPixelEncoding(tag));
  const dataSet = [...dataSetOf(data, vrs)];
  return {
    before: writePart10({ fileMeta, dataSet: new Map(dataSet.filter(([tag]) => tag < PIXEL_DATA)) }),
    after: writeDataSet(new Map(dataSet.filter(([tag]) => tag > PIXEL_DATA)) satisfies DataSet),
  };
}

/** The file meta information (PS3.10 7.1). */
const ownFileMeta = (attributes: Attributes, TransferSyntaxUID: string): DataSet =>
  dataSetOf(
    {
      FileMetaInformationVersion: "AAE=",
      MediaStorageSOPClassUID: attributes["SOPClassUID"] as string,
      MediaStorageSOPInstanceUID: attributes["SOPInstanceUID"] as string,
      TransferSyntaxUID,
      ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
      ImplementationVersionName: IMPLEMENTATION_VERSION_NAME,
    },
    {},
  );

const byTag = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  left < right ? -1 : 1;

const pick = (attributes: Attributes, isPicked: (tag: string) => boolean): MetadataObject =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => isPicked(tagOf(name) ?? name)));
