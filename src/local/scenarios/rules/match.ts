import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import type { Datastore } from "../../../domain/datastores/datastore.ts";
import { latestVersion, type ImageSet } from "../../../domain/image-sets/image-set.ts";
import { EVERY_STATUS, statusesCalled } from "../../../domain/resource.ts";
import { compileGlobs } from "../../../domain/glob.ts";
import type { Match, ScenarioScope, Strings } from "../scenario.ts";
import type { RuleEvent } from "../rule-event.ts";

/** Looks up the resources that events name. */
export interface Resources {
  readonly datastores: { get(id: string): Datastore | undefined };
  readonly imageSets: { get(id: string): ImageSet | undefined };
}

export type Matches = (ruleEvent: RuleEvent, resources: Resources) => boolean;

/** Keywords of the elements that identify image sets, as searches show them. */
export const DICOM_TAGS = {
  PatientID: "DICOMPatientId",
  PatientName: "DICOMPatientName",
  PatientBirthDate: "DICOMPatientBirthDate",
  PatientSex: "DICOMPatientSex",
  StudyInstanceUID: "DICOMStudyInstanceUID",
  StudyID: "DICOMStudyId",
  StudyDescription: "DICOMStudyDescription",
  StudyDate: "DICOMStudyDate",
  StudyTime: "DICOMStudyTime",
  AccessionNumber: "DICOMAccessionNumber",
  SeriesInstanceUID: "DICOMSeriesInstanceUID",
  SeriesNumber: "DICOMSeriesNumber",
  Modality: "DICOMSeriesModality",
  BodyPartExamined: "DICOMSeriesBodyPart",
} as const satisfies Record<string, keyof DICOMTags>;

/** All conditions of a match except the operation, which is checked elsewhere. */
export function compileMatch(match: Match): Matches {
  const { datastore, imageSet, study, series, instance, frame, job, file, transition, caller, sdk } = match;
  const tests: Matches[] = [];
  const text = (wanted: Strings | undefined, read: (ruleEvent: RuleEvent) => string | undefined): void => {
    if (wanted === undefined) return;
    const isWanted = compileGlobs(wanted);
    tests.push((ruleEvent) => isWanted(read(ruleEvent)));
  };
  if (datastore !== undefined) tests.push(compileDatastore(datastore));
  text(imageSet?.id, ({ imageSetId }) => imageSetId);
  for (const [keyword, values] of Object.entries(imageSet?.dicom ?? {}))
    tests.push(compileDicom(keyword, values));
  text(study, ({ studyInstanceUID }) => studyInstanceUID);
  text(series, ({ seriesInstanceUID }) => seriesInstanceUID);
  text(instance, ({ sopInstanceUID }) => sopInstanceUID);
  text(frame, ({ frameId }) => frameId);
  text(job?.id, ({ jobId }) => jobId);
  text(job?.name, ({ jobName }) => jobName);
  text(file, (ruleEvent) => ruleEvent.file);
  if (transition !== undefined) tests.push(compileTransition(transition));
  text(caller?.accessKey, ({ accessKeyId }) => accessKeyId);
  text(caller?.account, ({ account }) => account);
  if (sdk?.attempt !== undefined) {
    const attempts = new Set([sdk.attempt].flat());
    tests.push(({ attempt }) => attempt !== undefined && attempts.has(attempt));
  }
  const [first, ...others] = tests;
  if (first === undefined) return () => true;
  if (others.length === 0) return first;
  return (ruleEvent, resources) =>
    first(ruleEvent, resources) && others.every((test) => test(ruleEvent, resources));
}

/** A background event has no caller: its access key is its account. */
export const isInScope = (
  { account, accessKey, region }: Partial<ScenarioScope>,
  ruleEvent: RuleEvent,
): boolean =>
  (account === undefined || account === ruleEvent.account) &&
  (accessKey === undefined ||
    accessKey === (ruleEvent.kind === "call" ? ruleEvent.accessKeyId : ruleEvent.account)) &&
  (region === undefined || region === ruleEvent.region);

/** A status may be given in each shown form: `UPDATING`, `LOCKED`, `LOCKED/UPDATING`. */
function compileTransition({
  resource,
  from = EVERY_STATUS.transient[resource],
}: NonNullable<Match["transition"]>): Matches {
  const statuses = new Set([from].flat().flatMap((name) => statusesCalled(EVERY_STATUS, resource, name)));
  return ({ transition }) => transition?.resource === resource && statuses.has(transition.from);
}

const NAME = "name:";

function compileDatastore(wanted: Strings): Matches {
  const texts = typeof wanted === "string" ? [wanted] : wanted;
  const isId = compileGlobs(texts.filter((text) => !text.startsWith(NAME)));
  const isName = compileGlobs(
    texts.filter((text) => text.startsWith(NAME)).map((text) => text.slice(NAME.length)),
  );
  return ({ datastoreId }, { datastores }) => {
    if (datastoreId === undefined) return false;
    return isId(datastoreId) || isName(datastores.get(datastoreId)?.datastoreName ?? undefined);
  };
}

/** By the latest version. */
function compileDicom(keyword: string, values: Strings): Matches {
  const isWanted = compileGlobs(values);
  const tag = DICOM_TAGS[keyword as keyof typeof DICOM_TAGS];
  return ({ imageSetId }, { imageSets }) => {
    const imageSet = imageSetId === undefined ? undefined : imageSets.get(imageSetId);
    const value = imageSet === undefined ? undefined : latestVersion(imageSet).dicomTags[tag];
    return isWanted(value === undefined ? undefined : String(value));
  };
}
