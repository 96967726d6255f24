import type { MetadataObject } from "../../../imaging/dicom/element-value.ts";
import { canonical } from "../../../imaging/dicom/metadata/grouping-key.ts";
import { InvalidChange } from "./invalid-change.ts";
import type { Attributes, InstanceDocument, MetadataDocument } from "./metadata-document.ts";

/**
 * The destination's document with the source's instances added.
 * @throws InvalidChange if patient, study or series differ, or if an instance is in both
 */
export function mergeDocuments(source: MetadataDocument, destination: MetadataDocument): MetadataDocument {
  const [sourceHead, destinationHead] = [headOf(source), headOf(destination)];
  const differing = LEVELS.find((level) => sourceHead[level] !== destinationHead[level]);
  if (differing !== undefined) {
    // The service's message about series (facts: image-sets#message-of-a-failed-copy).
    // Assumed: copy-mismatch-levels. It says the same of patient and study.
    throw new InvalidChange(`${differing} of SourceImageSet and DestinationImageSet don't match.`);
  }
  const Series = Object.fromEntries(
    Object.entries(destination.Study.Series).map(([uid, series]) => {
      const added = source.Study.Series[uid]?.Instances ?? {};
      return [uid, { ...series, Instances: mergeInstances(added, series.Instances) }];
    }),
  );
  return { ...destination, Study: { ...destination.Study, Series } };
}

function mergeInstances(
  source: Readonly<Record<string, InstanceDocument>>,
  destination: Readonly<Record<string, InstanceDocument>>,
): Readonly<Record<string, InstanceDocument>> {
  const both = Object.keys(source).find((uid) => Object.hasOwn(destination, uid));
  if (both !== undefined) {
    throw new InvalidChange(`SOPInstanceUID ${both} is in SourceImageSet and in DestinationImageSet.`);
  }
  return { ...destination, ...source };
}

const LEVELS = ["Patient", "Study", "Series"] as const;

/**
 * The elements of a level that must agree. Assumed: empty-element-agrees. An empty element equals a missing
 * one.
 */
function headOf({ Patient, Study }: MetadataDocument): Record<(typeof LEVELS)[number], string> {
  const series = Object.entries(Study.Series).map(([uid, { DICOM }]) => [uid, withoutEmpty(DICOM)] as const);
  return {
    Patient: canonical(withoutEmpty(Patient.DICOM)),
    Study: canonical(withoutEmpty(Study.DICOM)),
    Series: canonical(Object.fromEntries(series)),
  };
}

const withoutEmpty = (attributes: Attributes): MetadataObject =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));

export function frameIdsOf({ Study }: MetadataDocument): string[] {
  const instances = Object.values(Study.Series).flatMap((series) => Object.values(series.Instances));
  return instances.flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID));
}
