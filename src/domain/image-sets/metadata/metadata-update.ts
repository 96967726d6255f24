import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../../../api/json.ts";
import { checkImportConstraints, required } from "../../../imaging/dicom/metadata/import-constraints.ts";
import { forgetVrs, forgetVrsOfInstances, forgetVrsOfSeries } from "./forget-vrs.ts";
import { InvalidChange } from "./invalid-change.ts";
import type { Attributes, InstanceDocument, JsonValue, MetadataDocument } from "./metadata-document.ts";
import {
  checkAttribute,
  PLAIN_RULES,
  readValue,
  refuseMembers,
  UIDS,
  type Level,
  type UpdateRules,
} from "./update-rules.ts";
import { withPrivateVrs } from "./private-vrs.ts";
import type { JsonObject } from "./update-payload.ts";

type SeriesDocument = MetadataDocument["Study"]["Series"][string];

/** The effect of a payload on its attributes. */
interface Edit {
  readonly rules: UpdateRules;
  readonly attribute: (keyword: string, current: Attributes, given: JsonValue) => JsonValue | undefined;
  /** For a series or an instance without attributes in the payload. */
  readonly empty: (level: string, uid: string) => void;
}

const update = (rules: UpdateRules): Edit => ({
  rules,
  attribute: (keyword, current, given) => readValue(keyword, given, current, rules),
  empty: (level, uid) => {
    throw new InvalidChange(`The payload has no attribute of ${level} ${uid} to update`);
  },
});

/** Key and value must match the document (facts: image-sets#removals). */
const remove = (rules: UpdateRules): Edit => ({
  rules,
  attribute: (keyword, attributes, given) => {
    if (UIDS.has(keyword)) throw new InvalidChange(`DICOM attribute ${keyword} cannot be removed`);
    const current = Object.hasOwn(attributes, keyword) ? attributes[keyword] : undefined;
    if (current === undefined) throw new InvalidChange(`DICOM attribute ${keyword} does not exist`);
    if (isDeepStrictEqual(current, given)) return undefined;
    throw new InvalidChange(`DICOM attribute ${keyword} has a value that differs from the one to be removed`);
  },
  empty: (level, uid) => {
    if (rules.removalNeedsForce && !rules.mayForce)
      throw new InvalidChange(`${level} ${uid} cannot be removed${rules.unless}`);
  },
});

/**
 * The document after the removals, then the updates.
 * Assumed: removals-first. In that order, if a call has both.
 * @throws InvalidChange, or DicomError for a value that an import would refuse
 */
export function updateDocument(
  document: MetadataDocument,
  removable: JsonObject | undefined,
  updatable: JsonObject | undefined,
  rules: UpdateRules = PLAIN_RULES,
): MetadataDocument {
  const removed = removable === undefined ? document : editDocument(document, removable, remove(rules));
  return updatable === undefined ? removed : editDocument(removed, updatable, update(rules));
}

function editDocument(document: MetadataDocument, payload: JsonObject, edit: Edit): MetadataDocument {
  const { SchemaVersion: _, Patient, Study, ...others } = payload;
  refuseMembers("image set metadata", Object.keys(others));
  let count = 0;
  const counting: Edit = {
    rules: edit.rules,
    attribute: (...named) => {
      count += 1;
      return edit.attribute(...named);
    },
    empty: (...named) => {
      count += 1;
      edit.empty(...named);
    },
  };
  const patient = Patient === undefined ? document.Patient : editPatient(document.Patient, Patient, counting);
  const study = Study === undefined ? document.Study : editStudy(document.Study, Study, counting);
  const editedOfPatient = isRecord(Patient) ? Patient["DICOM"] : undefined;
  const edited = {
    ...document,
    Patient: patient,
    Study: { ...study, Series: forgetVrsOfSeries(study.Series, editedOfPatient) },
  };
  // Assumed: empty-payload. An update that names nothing fails.
  if (count === 0) throw new InvalidChange("The payload has no attribute, series or instance");
  return edited;
}

function editPatient(patient: MetadataDocument["Patient"], given: JsonValue, edit: Edit) {
  const { DICOM, ...others } = members("Patient", given);
  refuseMembers("Patient", Object.keys(others));
  return { ...patient, DICOM: editAttributes("Patient", patient.DICOM, DICOM, edit) };
}

function editStudy(
  study: MetadataDocument["Study"],
  given: JsonValue,
  edit: Edit,
): MetadataDocument["Study"] {
  const { DICOM, Series, ...others } = members("Study", given);
  refuseMembers("Study", Object.keys(others));
  return {
    ...study,
    DICOM: editAttributes("Study", study.DICOM, DICOM, edit),
    Series: forgetVrsOfSeries(editNamed("Series", study.Series, Series, edit, editSeries), DICOM),
  };
}

function editSeries(series: SeriesDocument, given: JsonObject, edit: Edit): SeriesDocument {
  const { DICOM, Instances, ...others } = given;
  refuseMembers("Series", Object.keys(others));
  return {
    ...series,
    DICOM: editAttributes("Series", series.DICOM, DICOM, edit),
    Instances: forgetVrsOfInstances(
      editNamed("Instance", series.Instances, Instances, edit, editInstance),
      DICOM,
    ),
  };
}

function editInstance(instance: InstanceDocument, given: JsonObject, edit: Edit): InstanceDocument {
  const { DICOM, DICOMVRs, ...others } = given;
  const isVrsAllowed = edit.rules.mayForce || DICOMVRs === undefined;
  refuseMembers("Instances", Object.keys(isVrsAllowed ? others : { DICOMVRs, ...others }), edit.rules);
  const edited = editAttributes("Instance", instance.DICOM, DICOM, edit);
  // Assumed: sop-class-stays. Without it the instance could not be imported.
  required("SOPClassUID", edited["SOPClassUID"]);
  const changed = forgetVrs({ ...instance, DICOM: edited }, DICOM);
  return edit.rules.mayForce ? withPrivateVrs(changed, instance.DICOMVRs, DICOMVRs) : changed;
}

/**
 * Edits series and instances by their UIDs.
 * Assumed: last-instance. The last one cannot be removed: an image set is never empty.
 */
function editNamed<T extends { readonly DICOM: Attributes }>(
  level: "Series" | "Instance",
  current: Readonly<Record<string, T>>,
  given: JsonValue | undefined,
  edit: Edit,
  editOne: (one: T, given: JsonObject, edit: Edit) => T,
): Readonly<Record<string, T>> {
  if (given === undefined) return current;
  const edited = new Map(Object.entries(current));
  for (const [uid, value] of Object.entries(members(level, given))) {
    const one = edited.get(uid);
    if (one === undefined) throw new InvalidChange(`${level} ${uid} does not exist in the image set`);
    const named = members(`${level} ${uid}`, value);
    if (Object.keys(named).length > 0) {
      const changed = editOne(one, named, edit);
      const next = uidAfter(level, uid, one, changed);
      if (next !== uid && edited.has(next)) throw new InvalidChange(`${level} ${next} exists already`);
      if (next !== uid) edited.delete(uid);
      edited.set(next, changed);
    } else {
      edit.empty(level, uid);
      edited.delete(uid);
    }
  }
  if (edited.size === 0) throw new InvalidChange(`The last ${level} of an image set cannot be removed`);
  return Object.fromEntries(edited);
}

const UID_OF = { Series: "SeriesInstanceUID", Instance: "SOPInstanceUID" } as const;

/** The name of a series or an instance is its UID. */
function uidAfter<T extends { readonly DICOM: Attributes }>(
  level: "Series" | "Instance",
  uid: string,
  { DICOM: before }: T,
  { DICOM: after }: T,
): string {
  const keyword = UID_OF[level];
  return after[keyword] === before[keyword] ? uid : required(keyword, after[keyword]);
}

function editAttributes(
  level: Level,
  current: Attributes,
  given: JsonValue | undefined,
  edit: Edit,
): Attributes {
  if (given === undefined) return current;
  const edited = new Map(Object.entries(current));
  for (const [keyword, value] of Object.entries(members("DICOM", given))) {
    checkAttribute(level, keyword, edit.rules);
    const next = edit.attribute(keyword, current, value);
    if (next === undefined) edited.delete(keyword);
    else edited.set(keyword, next);
  }
  const attributes: Attributes = Object.fromEntries(edited);
  checkImportConstraints(attributes, edit.rules.limits);
  return attributes;
}

function members(name: string, value: JsonValue): JsonObject {
  if (isRecord(value)) return value;
  throw new InvalidChange(`${name} is not a JSON object`);
}
