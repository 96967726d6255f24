import { setImmediate } from "node:timers/promises";
import { JsonExcess, parseUniqueJson, type JsonBounds } from "../../../api/json.ts";
import type { ImportWarning } from "../../../api/import-warnings.ts";
import type { ValueLimits } from "../../../api/limits/value-limits.ts";
import type { DataSet } from "../../../imaging/dicom/data-set.ts";
import { DicomError } from "../../../imaging/dicom/dicom-error.ts";
import type { MetadataValue } from "../../../imaging/dicom/element-value.ts";
import { dataSetOfJson } from "../../../imaging/dicom/json/json-data-set.ts";
import { checkImportConstraints, required } from "../../../imaging/dicom/metadata/import-constraints.ts";
import { Findings } from "../../../imaging/dicom/metadata/findings.ts";
import { vrsOf } from "../../../imaging/dicom/metadata/instance-vrs.ts";
import { levelsOf } from "../../../imaging/dicom/metadata/metadata.ts";
import { MetadataBudget } from "../../../imaging/dicom/metadata/metadata-budget.ts";
import { normalisedLevelOf } from "../../../imaging/dicom/metadata/normalised-levels.ts";
import type { Attributes } from "./metadata-document.ts";

/** The DICOM VRs of elements that the dictionary does not tell: see vrsOf. */
type Vrs = Readonly<Record<string, string>>;

/** Elements that an import adds to those of its image sets, at their levels, without the UIDs that select these. */
export interface MetadataAddition {
  /** Undefined where the JSON does not say it. */
  readonly studyInstanceUID: string | undefined;
  readonly seriesInstanceUID: string | undefined;
  readonly sopInstanceUID: string | undefined;
  readonly patient: Attributes;
  readonly study: Attributes;
  readonly series: Attributes;
  readonly instance: Attributes;
  /** Of patient, study and series. */
  readonly headVrs: Vrs;
  readonly instanceVrs: Vrs;
}

/** As for files: see describeInstance. */
interface JsonMetadataRules {
  readonly limits: ValueLimits | undefined;
  readonly findings: Findings;
}

/** The data sets of a file, or why it cannot be read. */
export type JsonMetadata =
  | { readonly dataSets: readonly MetadataAddition[]; readonly warnings: readonly ImportWarning[] }
  | { readonly problem: string };

/**
 * Assumed: json-metadata-counts. 310 levels are enough for 100 nested sequences, and 5,000,000 values for the
 * 50 MB that the metadata of an image set may have.
 */
const BOUNDS: JsonBounds = { maxValues: 5_000_000, maxDepth: 310 };

const UTF8 = ["ISO_IR 192"];

/**
 * Reads a metadata file: an object, or an array of objects, in the DICOM JSON Model (PS3.18 F.2).
 * Assumed: json-metadata-format. AWS says "DICOM JSON" and has no example.
 * @returns plain data, since this file is bundled alone: no class of it is that of another bundle
 */
export async function readJsonMetadata(bytes: Uint8Array, limits?: ValueLimits): Promise<JsonMetadata> {
  const findings = new Findings();
  try {
    const dataSets = await readDataSets(bytes, { limits, findings });
    return { dataSets, warnings: findings.warnings };
  } catch (error) {
    if (error instanceof DicomError) return { problem: error.message };
    throw error;
  }
}

async function readDataSets(bytes: Uint8Array, rules: JsonMetadataRules): Promise<MetadataAddition[]> {
  const json = parse(bytes);
  if (!Array.isArray(json)) return [readDataSet(json, bytes.length, rules)];
  if (json.length === 0) throw new DicomError("The JSON metadata have no data set");
  const dataSets: MetadataAddition[] = [];
  for (const [index, item] of (json as readonly unknown[]).entries()) {
    // A large file takes seconds: requests are answered meanwhile.
    if (index % DATA_SETS_AT_ONCE === 0) await setImmediate();
    dataSets.push(readNumbered(item, index + 1, bytes.length, rules));
  }
  return dataSets;
}

const DATA_SETS_AT_ONCE = 20;

function readNumbered(
  item: unknown,
  number: number,
  byteLength: number,
  rules: JsonMetadataRules,
): MetadataAddition {
  try {
    return readDataSet(item, byteLength, rules);
  } catch (error) {
    throw error instanceof DicomError ? new DicomError(`Data set ${number}: ${error.message}`) : error;
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseUniqueJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), BOUNDS);
  } catch (cause) {
    if (cause instanceof JsonExcess)
      throw new DicomError(`The JSON metadata ${hasOf(cause.message)}`, { cause });
    throw new DicomError("The metadata file is not JSON in UTF-8", { cause });
  }
}

const hasOf = (message: string): string => message.replace(/^has /, "have ").replace(/^is /, "are ");

/** @param byteLength of the file */
function readDataSet(
  json: unknown,
  byteLength: number,
  { limits, findings }: JsonMetadataRules,
): MetadataAddition {
  const dataSet = dataSetOfJson(json);
  const { Patient, Study, Series, Instance } = levelsOf(dataSet, UTF8, findings);
  checkImportConstraints({ ...Patient, ...Study, ...Series, ...Instance }, limits);
  const { StudyInstanceUID, ...study } = Study;
  const { SeriesInstanceUID, ...series } = Series;
  const { SOPInstanceUID, ...instance } = Instance;
  const uid = (keyword: string, value: MetadataValue | undefined): string | undefined =>
    value === undefined ? undefined : required(keyword, value);
  const sopInstanceUID = uid("SOPInstanceUID", SOPInstanceUID);
  const [stray] = Object.keys(instance);
  // Assumed: json-metadata-of-instances. Elements of instances are only for the one that the data set names.
  if (stray !== undefined && sopInstanceUID === undefined)
    throw new DicomError(`DICOM attribute ${stray} belongs to an instance, but there is no SOPInstanceUID`);
  if (Object.hasOwn(instance, "SOPClassUID")) required("SOPClassUID", instance["SOPClassUID"]);
  const budget = new MetadataBudget(byteLength * VRS_FOR_EACH_BYTE);
  return {
    studyInstanceUID: uid("StudyInstanceUID", StudyInstanceUID),
    seriesInstanceUID: uid("SeriesInstanceUID", SeriesInstanceUID),
    sopInstanceUID,
    patient: Patient,
    study,
    series,
    instance,
    headVrs: vrsOf(elementsOf(dataSet, true), budget),
    instanceVrs: vrsOf(elementsOf(dataSet, false), budget),
  };
}

/** The paths of deeply nested elements may be many times longer than their JSON. */
const VRS_FOR_EACH_BYTE = 4;

const elementsOf = (dataSet: DataSet, isHead: boolean): DataSet =>
  new Map([...dataSet].filter(([tag]) => (normalisedLevelOf(tag) !== undefined) === isHead));
