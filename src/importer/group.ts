import type { ImageFrameDocument, InstanceDocument, MetadataDocument } from "../domain/metadata-document.ts";
import type { ImportedFrame, ImportedInstance } from "./protocol.ts";

/** An instance of this job, where it came from and under which ids its frames were written. */
export interface StoredInstance extends ImportedInstance {
  /** The key of the file in the input bucket. */
  readonly inputFile: string;
  readonly frameIds: readonly string[];
}

/**
 * Puts instances together that become one image set: those of one series whose normalised Patient,
 * Study and Series elements are equal (service-facts 3.2). Assumed: a SOP instance that comes twice
 * goes into another image set, since an image set holds it once and nothing may get lost.
 */
export function groupInstances(instances: Iterable<StoredInstance>): StoredInstance[][] {
  const groups = new Map<string, Map<string, StoredInstance>[]>();
  for (const instance of instances) {
    const sets = groups.get(instance.groupingKey) ?? [];
    groups.set(instance.groupingKey, sets);
    const free = sets.find((set) => !set.has(instance.sopInstanceUID));
    if (free === undefined) sets.push(new Map([[instance.sopInstanceUID, instance]]));
    else free.set(instance.sopInstanceUID, instance);
  }
  return [...groups.values()].flat().map((set) => [...set.values()]);
}

/** @param instances at least one; all of one group */
export function writeDocument(
  datastoreId: string,
  imageSetId: string,
  instances: readonly StoredInstance[],
): MetadataDocument {
  const [first] = instances;
  if (first === undefined) throw new Error("an image set has at least one instance");
  const Instances = Object.fromEntries(
    instances.map((instance) => [instance.sopInstanceUID, describe(instance)]),
  );
  return {
    SchemaVersion: "1.1",
    DatastoreID: datastoreId,
    ImageSetID: imageSetId,
    Patient: { DICOM: first.patient },
    Study: {
      DICOM: first.study,
      Series: { [first.seriesInstanceUID]: { DICOM: first.series, Instances } },
    },
  };
}

const describe = ({ instance, frames, frameIds }: StoredInstance): InstanceDocument => ({
  DICOM: instance.DICOM,
  DICOMVRs: instance.DICOMVRs,
  ImageFrames: frames.map((frame, index) => describeFrame(frameIds[index] ?? "", frame)),
});

const describeFrame = (ID: string, frame: ImportedFrame): ImageFrameDocument => ({
  ID,
  PixelDataChecksumFromBaseToFullResolution: frame.levels.map(({ width, height, checksum }) => ({
    Width: width,
    Height: height,
    Checksum: checksum,
  })),
  MinPixelValue: frame.minPixelValue,
  MaxPixelValue: frame.maxPixelValue,
  FrameSizeInBytes: frame.decodedByteLength,
});
