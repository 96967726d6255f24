import type { MetadataObject } from "../../../imaging/dicom/element-value.ts";
import { canonical } from "../../../imaging/dicom/metadata/grouping-key.ts";
import { InvalidChange } from "./invalid-change.ts";
import type { Attributes, InstanceDocument, MetadataDocument } from "./metadata-document.ts";

/**
 * The destination's document with the source's instances added.
 * @param isForced keeps patient, study and series of the destination, whatever those of the source are
 * @throws InvalidChange if patient, study or series differ, or if an instance is in both
 */
export function mergeDocuments(
  source: MetadataDocument,
  destination: MetadataDocument,
  isForced = false,
): MetadataDocument {
  if (!isForced) requireSameHead(source, destination);
  // An image set has one series.
  const added = Object.assign(
    {},
    ...Object.values(source.Study.Series).map(({ Instances }) => Instances),
  ) as Instances;
  const Series = Object.fromEntries(
    Object.entries(destination.Study.Series).map(([uid, series]) => [
      uid,
      { ...series, Instances: mergeInstances(added, series.Instances) },
    ]),
  );
  return { ...destination, Study: { ...destination.Study, Series } };
}

type Instances = Readonly<Record<string, InstanceDocument>>;

function requireSameHead(source: MetadataDocument, destination: MetadataDocument): void {
  const differing = differingLevel(source, destination);
  if (differing === undefined) return;
  // The service's message about series (facts: image-sets#message-of-a-failed-copy).
  // Assumed: copy-mismatch-levels. It says the same of patient and study.
  throw new InvalidChange(`${differing} of SourceImageSet and DestinationImageSet don't match.`);
}

function mergeInstances(source: Instances, destination: Instances): Instances {
  const both = Object.keys(source).find((uid) => Object.hasOwn(destination, uid));
  if (both !== undefined) {
    throw new InvalidChange(`SOPInstanceUID ${both} is in SourceImageSet and in DestinationImageSet.`);
  }
  return { ...destination, ...source };
}

const LEVELS = ["Patient", "Study", "Series"] as const;

type Head = Pick<MetadataDocument, "Patient" | "Study">;

/** The first level whose elements differ; undefined if all agree. */
function differingLevel(one: Head, other: Head): (typeof LEVELS)[number] | undefined {
  const [oneHead, otherHead] = [headOf(one), headOf(other)];
  return LEVELS.find((level) => oneHead[level] !== otherHead[level]);
}

/**
 * The elements of a level that must agree. Assumed: empty-element-agrees. An empty element equals a missing
 * one.
 */
function headOf({ Patient, Study }: Head): Record<(typeof LEVELS)[number], string> {
  const series = Object.entries(Study.Series).map(([uid, { DICOM }]) => [uid, withoutEmpty(DICOM)] as const);
  return {
    Patient: canonical(withoutEmpty(Patient.DICOM)),
    Study: canonical(withoutEmpty(Study.DICOM)),
    Series: canonical(Object.fromEntries(series)),
  };
}

/** The names of the elements of patient, study and series that differ, for image sets of one series. */
export function differingAttributes(one: Head, other: Head): string[] {
  const [left, right] = [allOf(one), allOf(other)];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  const text = (attributes: Attributes, name: string): string =>
    canonical({ value: attributes[name] ?? null });
  return [...names].filter((name) => text(left, name) !== text(right, name));
}

const allOf = ({ Patient, Study }: Head): Attributes =>
  Object.assign(
    {},
    Patient.DICOM,
    Study.DICOM,
    ...Object.values(Study.Series).map(({ DICOM }) => DICOM),
  ) as Attributes;

const withoutEmpty = (attributes: Attributes): MetadataObject =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));

export function frameIdsOf({ Study }: MetadataDocument): string[] {
  const instances = Object.values(Study.Series).flatMap((series) => Object.values(series.Instances));
  return instances.flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID));
}
