import type { BlobChecksum } from "../../domain/blobs.ts";
import { dicomTagsOf } from "../../domain/image-sets/metadata/dicom-tags.ts";
import type { ImageSet } from "../../domain/image-sets/image-set.ts";
import type {
  ImageFrameDocument,
  InstanceDocument,
  MetadataDocument,
} from "../../domain/image-sets/metadata/metadata-document.ts";
import type { Frames } from "../../domain/image-sets/stored-blobs.ts";
import type { DraftText } from "../image-set-drafts.ts";
import { parseInstance, writeInstanceText } from "./coerced-elements.ts";
import { TAIL } from "../protocol.ts";
import type { ComposedDocument } from "../write-document.ts";

/** A document with instances added, and what became of their frames. */
export interface MergedDocument extends ComposedDocument {
  readonly byteLength: number;
  /** Frames of the instances that were added. */
  readonly frames: Required<Frames>;
  /** Frames of those instances that the image set has already, under other ids. */
  readonly unneededFrameIds: readonly string[];
}

/**
 * Adds instances to the document of an image set. An instance that it has already is replaced, in its place.
 * Patient, study and series stay.
 * @param target whose latest document it is
 */
export function mergeIntoDocument(
  document: MetadataDocument,
  target: Pick<ImageSet, "frameIds" | "frameChecksums">,
  added: readonly DraftText[],
): MergedDocument {
  const series = seriesOf(document);
  const reuse = frameReuse(target);
  const byUid = new Map(
    added.map((one) => [one.sopInstanceUID, reuse(one, series.instances[one.sopInstanceUID])]),
  );
  const texts: Uint8Array[] = [];
  for (const [uid, instance] of Object.entries(series.instances))
    texts.push(byUid.get(uid)?.text ?? Buffer.from(`${JSON.stringify(uid)}:${JSON.stringify(instance)}`));
  const isThere = (uid: string): boolean => Object.hasOwn(series.instances, uid);
  for (const [uid, { text }] of byUid) if (!isThere(uid)) texts.push(text);
  const chunks = [
    Buffer.from(series.head),
    ...texts.flatMap((text, position) => (position === 0 ? [text] : [COMMA, text])),
    Buffer.from(TAIL),
  ];
  const merged = [...byUid.values()];
  return {
    chunks,
    byteLength: chunks.reduce((sum, { length }) => sum + length, 0),
    dicomTags: { ...dicomTagsOf(document), DICOMNumberOfStudyRelatedInstances: texts.length },
    frames: {
      frameIds: merged.flatMap(({ frameIds }) => frameIds),
      frameChecksums: merged.flatMap(({ frameChecksums }) => frameChecksums),
    },
    unneededFrameIds: merged.flatMap(({ unneededFrameIds }) => unneededFrameIds),
  };
}

const COMMA = Buffer.from(",");

/** An image set has one series. */
function seriesOf(document: MetadataDocument): {
  readonly head: string;
  readonly instances: Readonly<Record<string, InstanceDocument>>;
} {
  const { Study, ...rest } = document;
  const [[uid, { Instances, ...series }] = ["", { DICOM: {}, Instances: {} }]] = Object.entries(Study.Series);
  const { Series: _, ...study } = Study;
  const empty = { ...rest, Study: { ...study, Series: { [uid]: { ...series, Instances: {} } } } };
  return { head: JSON.stringify(empty).slice(0, -TAIL.length), instances: Instances };
}

/** An instance to add: its text, and its frames that are not in the image set yet. */
interface AddedInstance {
  readonly text: Uint8Array;
  readonly frameIds: readonly string[];
  readonly frameChecksums: readonly BlobChecksum[];
  readonly unneededFrameIds: readonly string[];
}

/**
 * Assumed: replaced-frame-ids. An instance that replaces one with the same frames, byte for byte, keeps their ids.
 * Otherwise its frames have ids of their own.
 */
function frameReuse(
  target: Pick<ImageSet, "frameIds" | "frameChecksums">,
): (added: DraftText, replaced: InstanceDocument | undefined) => AddedInstance {
  const checksums = new Map(
    target.frameIds.map((frameId, place) => [frameId, target.frameChecksums?.[place] ?? null]),
  );
  return (added, replaced) => {
    const { text, frameIds, frameChecksums } = added;
    const asIs = { text, frameIds, frameChecksums, unneededFrameIds: [] };
    if (replaced === undefined || frameIds.length === 0) return asIs;
    const stored = replaced.ImageFrames;
    const isSame = (checksum: BlobChecksum, place: number): boolean =>
      checksums.get(stored[place]?.ID ?? "") === checksum;
    if (stored.length !== frameIds.length || !frameChecksums.every(isSame)) return asIs;
    const instance = parseInstance(added);
    if (!instance.ImageFrames.every((frame, place) => haveSamePixels(frame, stored[place]))) return asIs;
    const ImageFrames = instance.ImageFrames.map((frame, place) => ({
      ...frame,
      ID: stored[place]?.ID ?? "",
    }));
    const keptText = writeInstanceText(added.sopInstanceUID, { ...instance, ImageFrames });
    return { text: keptText, frameIds: [], frameChecksums: [], unneededFrameIds: frameIds };
  };
}

/** The checksums of the stored bytes are 32 bits: those of the pixels agree as well. Converted documents have more levels. */
const haveSamePixels = (one: ImageFrameDocument, other: ImageFrameDocument | undefined): boolean =>
  JSON.stringify(one.PixelDataChecksumFromBaseToFullResolution.at(-1)) ===
  JSON.stringify(other?.PixelDataChecksumFromBaseToFullResolution.at(-1));
