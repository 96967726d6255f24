import { groupingKey } from "../imaging/dicom/metadata/grouping-key.ts";
import { MetadataTooLarge } from "../imaging/dicom/metadata/metadata-budget.ts";
import type { InstanceDescription } from "../imaging/dicom/metadata/metadata.ts";
import { dicomTagsOf } from "../domain/image-sets/metadata/dicom-tags.ts";
import type { InstanceDocument, MetadataDocument } from "../domain/image-sets/metadata/metadata-document.ts";
import { createHash } from "node:crypto";
import { describeFrame } from "./frame-document.ts";
import { encodeText } from "./workers/large-text.ts";
import type { ImportedFrame, ImportedInstance } from "./protocol.ts";

/** Closes what stands around the instances of a document: instances, series, list of series, study, document. */
export const TAIL = "}".repeat(5);

/**
 * An instance as the main thread needs it, its metadata as text already: the text of a large file takes
 * seconds to write.
 * @param maxMetadataBytes of the image set that it goes to
 * @throws MetadataTooLarge
 */
export function writeInstance(
  described: InstanceDescription,
  frames: readonly ImportedFrame[],
  maxMetadataBytes: number,
): ImportedInstance {
  const { sopInstanceUID, seriesInstanceUID, patient, study, series } = described;
  const instance: InstanceDocument = {
    ...described.instance,
    ImageFrames: frames.map((frame) => describeFrame(frame.frameId, frame)),
  };
  const document = (Instances: Readonly<Record<string, InstanceDocument>>): DocumentOfInstance => ({
    Patient: { DICOM: patient },
    Study: { DICOM: study, Series: { [seriesInstanceUID]: { DICOM: series, Instances } } },
  });
  const head = encodeText(JSON.stringify(document({})).slice(1, -TAIL.length));
  const text = encodeText(`${JSON.stringify(sopInstanceUID)}:${JSON.stringify(instance)}`);
  const least = head.length + text.length;
  if (least > maxMetadataBytes) throw new MetadataTooLarge(least, maxMetadataBytes);
  return {
    sopInstanceUID,
    groupingKey: createHash("sha256")
      .update(groupingKey(patient, study, series))
      .digest("hex"),
    dicomTags: dicomTagsOf(document({ [sopInstanceUID]: instance })),
    frameIds: frames.map(({ frameId }) => frameId),
    frameChecksums: frames.map(({ storedChecksum }) => storedChecksum),
    head,
    text,
  };
}

type DocumentOfInstance = Pick<MetadataDocument, "Patient" | "Study">;
