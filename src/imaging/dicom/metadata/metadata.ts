import { type CharacterSet, characterSetOf, DEFAULT_REPERTOIRE } from "../character-set.ts";
import type { DataElement, DataSet } from "../data-set.ts";
import { lookUp } from "../dictionary/dictionary.ts";
import { type MetadataObject, type MetadataValue, valuesOf } from "../element-value.ts";
import { vrsOf } from "./instance-vrs.ts";
import { checkImportConstraints, required, requiredUid } from "./import-constraints.ts";
import { type NormalisedLevel, normalisedLevelOf } from "./normalised-levels.ts";
import { MetadataBudget } from "./metadata-budget.ts";
import type { Part10 } from "../part10/part10.ts";
import { isPixelData } from "../tag.ts";
import { isBinary } from "../vr.ts";

/**
 * One instance in the form of image set metadata (facts: metadata#document, metadata#values): each level is
 * an object from keyword, or from 8 hex digits for private and unknown tags, to value, in ascending order of
 * tags. It is plain data, so it can be posted from a worker thread.
 */
export interface InstanceDescription {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly sopClassUID: string;
  readonly patient: MetadataObject;
  readonly study: MetadataObject;
  readonly series: MetadataObject;
  readonly instance: {
    readonly DICOM: MetadataObject;
    /** By tag or path: see vrsOf. */
    readonly DICOMVRs: Readonly<Record<string, string>>;
  };
}

/**
 * Always in the patient level, null if the file lacks them (facts: metadata#patient-block).
 * Assumed: patient-block. The captured files may have had the elements, empty.
 */
const PATIENT_BLOCK = {
  PatientName: null,
  PatientID: null,
  PatientBirthDate: null,
  PatientSex: null,
};

/**
 * Throws DicomError if an attribute is missing, too long or not a UID.
 * @param budget what the file's metadata may still take
 */
export function describeInstance(
  { fileMeta, dataSet }: Part10,
  budget = new MetadataBudget(Infinity),
): InstanceDescription {
  const levels: Record<NormalisedLevel | "Instance", Record<string, MetadataValue>> = {
    Patient: { ...PATIENT_BLOCK },
    Study: {},
    Series: {},
    Instance: metadataOfDataSet(fileMeta, DEFAULT_REPERTOIRE),
  };
  const vrs = { ...vrsOf(fileMeta, budget), ...vrsOf(dataSet, budget) };
  const characterSet = characterSetIn(dataSet, DEFAULT_REPERTOIRE);
  for (const element of dataSet.values()) {
    const keyword = lookUp(element.tag)?.keyword;
    const level = levels[normalisedLevelOf(element.tag) ?? "Instance"];
    level[keyword ?? element.tag] = valueOf(element, characterSet);
  }
  checkImportConstraints({ ...levels.Patient, ...levels.Study, ...levels.Series, ...levels.Instance });
  return {
    sopClassUID: required("SOPClassUID", levels.Instance["SOPClassUID"]),
    studyInstanceUID: requiredUid("StudyInstanceUID", levels.Study["StudyInstanceUID"]),
    seriesInstanceUID: requiredUid("SeriesInstanceUID", levels.Series["SeriesInstanceUID"]),
    sopInstanceUID: requiredUid("SOPInstanceUID", levels.Instance["SOPInstanceUID"]),
    patient: levels.Patient,
    study: levels.Study,
    series: levels.Series,
    instance: { DICOM: levels.Instance, DICOMVRs: vrs },
  };
}

/** The element's value in the metadata. */
function valueOf(element: DataElement, inherited: CharacterSet): MetadataValue {
  // GetImageFrame returns its frames.
  if (isPixelData(element.tag)) return null;
  if (element.items) return sequence(element.items, inherited);
  const entry = lookUp(element.tag);
  const values = valuesOf(element, inherited);
  const isBytes = isBinary(element.vr);
  // Assumed: empty-private-bytes. For every binary VR the value is "", as for UN in the capture.
  if (values.length === 0) return entry === undefined && isBytes ? "" : null;
  // Assumed: value-lists. More values than the VM allows are a list; so are several values of a private
  // element, whose VM is not known.
  const isList = (entry?.isList === true && !isBytes) || values.length > 1;
  return isList ? values : (values[0] ?? null);
}

/** Assumed: empty-sequence. A sequence without items is null, as every empty element is. */
const sequence = (items: readonly DataSet[], inherited: CharacterSet): MetadataValue =>
  items.length === 0 ? null : items.map((item) => metadataOfDataSet(item, inherited));

function metadataOfDataSet(dataSet: DataSet, inherited: CharacterSet): Record<string, MetadataValue> {
  const characterSet = characterSetIn(dataSet, inherited);
  return Object.fromEntries(
    [...dataSet.values()].map((element) => [
      lookUp(element.tag)?.keyword ?? element.tag,
      valueOf(element, characterSet),
    ]),
  );
}

/** Items inherit the character set of the data set around them (PS3.3 C.12.1.1.2). */
function characterSetIn(dataSet: DataSet, inherited: CharacterSet): CharacterSet {
  const element = dataSet.get("00080005");
  return element ? characterSetOf(element.bytes) : inherited;
}
