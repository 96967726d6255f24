import { WARNING_CODES, type ImportWarning } from "../../../api/import-warnings.ts";
import { GUIDE_VALUE_LIMITS, type ValueLimits } from "../../../api/limits/value-limits.ts";
import { type CharacterSet, characterSetOf, DEFAULT_REPERTOIRE, isDecodable } from "../character-set.ts";
import type { DataElement, DataSet } from "../data-set.ts";
import { lookUp, tagOf } from "../dictionary/dictionary.ts";
import { type MetadataObject, type MetadataValue, valuesOf } from "../element-value.ts";
import type { Findings } from "./findings.ts";
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

export interface DescriptionRules {
  /** What the file's metadata may still take. */
  readonly budget?: MetadataBudget;
  readonly limits?: ValueLimits;
  /** Receives what DICOM forbids; not looked for if absent. */
  readonly findings?: Findings | undefined;
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

/** Throws DicomError if an attribute is missing, too long or not a UID. */
export function describeInstance(
  part10: Part10,
  { budget = new MetadataBudget(Infinity), limits = GUIDE_VALUE_LIMITS, findings }: DescriptionRules = {},
): InstanceDescription {
  const { fileMeta, dataSet } = part10;
  const levels = levelsOf(dataSet, DEFAULT_REPERTOIRE, findings);
  levels.Patient = { ...PATIENT_BLOCK, ...levels.Patient };
  levels.Instance = { ...metadataOfDataSet(fileMeta, DEFAULT_REPERTOIRE, findings), ...levels.Instance };
  const vrs = { ...vrsOf(fileMeta, budget), ...vrsOf(dataSet, budget) };
  if (findings !== undefined) findOutside(part10, levels.Instance, findings);
  checkImportConstraints(
    { ...levels.Patient, ...levels.Study, ...levels.Series, ...levels.Instance },
    limits,
  );
  return {
    sopClassUID: required("SOPClassUID", levels.Instance["SOPClassUID"]),
    studyInstanceUID: requiredUid("StudyInstanceUID", levels.Study["StudyInstanceUID"], limits),
    seriesInstanceUID: requiredUid("SeriesInstanceUID", levels.Series["SeriesInstanceUID"], limits),
    sopInstanceUID: requiredUid("SOPInstanceUID", levels.Instance["SOPInstanceUID"], limits),
    patient: levels.Patient,
    study: levels.Study,
    series: levels.Series,
    instance: { DICOM: levels.Instance, DICOMVRs: vrs },
  };
}

/** The elements of each level, by keyword or tag. */
type Levels = Record<NormalisedLevel | "Instance", Record<string, MetadataValue>>;

/**
 * The elements of a data set at their levels, as the metadata have them.
 * @param inherited character set, where the data set has none
 */
export function levelsOf(dataSet: DataSet, inherited: CharacterSet, findings?: Findings): Levels {
  const levels: Levels = { Patient: {}, Study: {}, Series: {}, Instance: {} };
  const characterSet = characterSetIn(dataSet, inherited);
  for (const element of dataSet.values()) {
    const keyword = lookUp(element.tag)?.keyword;
    const level = levels[normalisedLevelOf(element.tag) ?? "Instance"];
    level[keyword ?? element.tag] = valueOf(element, characterSet, findings);
  }
  return levels;
}

/** What no value alone shows. */
function findOutside(
  { repeatedTags = [] }: Part10,
  { MediaStorageSOPClassUID, SOPClassUID }: MetadataObject,
  findings: Findings,
): void {
  for (const tag of repeatedTags) findings.add("ElementsDiscarded", tag);
  const isMismatch = MediaStorageSOPClassUID && SOPClassUID && MediaStorageSOPClassUID !== SOPClassUID;
  if (isMismatch) findings.add("SopClassDataMismatch", "00020002");
}

/** The element's value in the metadata. */
function valueOf(
  element: DataElement,
  inherited: CharacterSet,
  findings: Findings | undefined,
): MetadataValue {
  // GetImageFrame returns its frames.
  if (isPixelData(element.tag)) return null;
  if (element.items) return sequence(element.items, inherited, findings);
  const entry = lookUp(element.tag);
  const values = valuesOf(element, inherited);
  findings?.checkValues(element, values);
  if (findings !== undefined && !isDecodable(element.bytes, inherited, element.vr))
    findings.add("CoercionOfDataElements", element.tag);
  const isBytes = isBinary(element.vr);
  // Assumed: empty-private-bytes. For every binary VR the value is "", as for UN in the capture.
  if (values.length === 0) return entry === undefined && isBytes ? "" : null;
  // Assumed: value-lists. More values than the VM allows are a list; so are several values of a private
  // element, whose VM is not known.
  const isList = (entry?.isList === true && !isBytes) || values.length > 1;
  return isList ? values : (values[0] ?? null);
}

/** Assumed: empty-sequence. A sequence without items is null, as every empty element is. */
const sequence = (
  items: readonly DataSet[],
  inherited: CharacterSet,
  findings: Findings | undefined,
): MetadataValue =>
  items.length === 0 ? null : items.map((item) => metadataOfDataSet(item, inherited, findings));

function metadataOfDataSet(
  dataSet: DataSet,
  inherited: CharacterSet,
  findings: Findings | undefined,
): Record<string, MetadataValue> {
  const characterSet = characterSetIn(dataSet, inherited);
  return Object.fromEntries(
    [...dataSet.values()].map((element) => {
      // The document has no frames of icons: only the pixel data of the instance is stored.
      if (isPixelData(element.tag)) findings?.add("ElementsDiscarded", element.tag);
      return [lookUp(element.tag)?.keyword ?? element.tag, valueOf(element, characterSet, findings)];
    }),
  );
}

/**
 * The description with its warnings as Warning Reason (0008,1196), in place of one that the file has.
 * Assumed: warning-reasons. Several are a list, although the element has one value.
 */
export function withWarningReasons(
  description: InstanceDescription,
  warnings: readonly ImportWarning[],
): InstanceDescription {
  if (warnings.length === 0) return description;
  const DICOM = withWarningReason(description.instance.DICOM, warnings);
  return { ...description, instance: { ...description.instance, DICOM } };
}

/** @param elements of an instance */
export function withWarningReason(
  elements: MetadataObject,
  warnings: readonly ImportWarning[],
): MetadataObject {
  const codes = warnings.map(({ type }) => WARNING_CODES[type]);
  const { WarningReason: _, ...others } = elements;
  const entries = Object.entries(others);
  const at = entries.findIndex(([name]) => (tagOf(name) ?? name) > WARNING_REASON);
  const value: MetadataValue = codes.length === 1 ? (codes[0] ?? null) : codes;
  return Object.fromEntries(entries.toSpliced(at < 0 ? entries.length : at, 0, ["WarningReason", value]));
}

const WARNING_REASON = "00081196";

/** Items inherit the character set of the data set around them (PS3.3 C.12.1.1.2). */
function characterSetIn(dataSet: DataSet, inherited: CharacterSet): CharacterSet {
  const element = dataSet.get("00080005");
  return element ? characterSetOf(element.bytes) : inherited;
}
