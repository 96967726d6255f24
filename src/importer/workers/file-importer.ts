import { createHash, randomBytes } from "node:crypto";
import { isEncapsulatedUid } from "../../api/transfer-syntaxes.ts";
import { dicomTagsOf } from "../../domain/image-sets/metadata/dicom-tags.ts";
import type {
  ImageFrameDocument,
  InstanceDocument,
  MetadataDocument,
} from "../../domain/image-sets/metadata/metadata-document.ts";
import { groupingKey } from "../../imaging/dicom/metadata/grouping-key.ts";
import { MetadataBudget, MetadataTooLarge } from "../../imaging/dicom/metadata/metadata-budget.ts";
import { describeInstance, type InstanceDescription } from "../../imaging/dicom/metadata/metadata.ts";
import { frameCountOf, pixelDataOf } from "../../imaging/dicom/frames/frames.ts";
import { parsePart10, type Part10 } from "../../imaging/dicom/part10/part10.ts";
import { checksumOf } from "../../domain/blobs.ts";
import { loadCodec, type Codec } from "../../imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../imaging/pixels/htj2k/encode-frame.ts";
import { checkFrameShape } from "../../imaging/pixels/frame-shape.ts";
import { readNative } from "../../imaging/pixels/sources/read-native.ts";
import { SourceDecoders } from "../../imaging/pixels/sources/source-decoders.ts";
import { needsRecycling } from "../../imaging/pixels/codecs/wasm-program.ts";
import { createWarmUpSamples, WARM_UP_SHAPE } from "./warm-up-frame.ts";
import { TAIL, type ImportedFrame, type ImportedInstance } from "../protocol.ts";
import { encodeText, type FrameMemory } from "./import-memory.ts";

/** A frame in the metadata document. */
export const describeFrame = (
  ID: string,
  frame: Omit<ImportedFrame, "storedChecksum">,
): ImageFrameDocument => ({
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

const LEAST_FRAME = describeFrame("0".repeat(32), {
  frameId: "",
  levels: [{ width: 1, height: 1, checksum: 0 }],
  minPixelValue: 0,
  maxPixelValue: 0,
  decodedByteLength: 1,
});

/** Bytes of JSON that no frame takes less than. */
const LEAST_FRAME_BYTES = JSON.stringify(LEAST_FRAME).length;

/** Takes a frame; the next one is made once that is done. */
type OnFrame = (codestream: Uint8Array, frameId: string) => Promise<void> | void;

/**
 * Turns DICOM files into instances, one after the other. Its codecs are loaded when they are needed
 * first, and kept.
 */
export class FileImporter {
  readonly #decoders = new SourceDecoders();
  #loading: Promise<Codec> | undefined;
  #codec: Codec | undefined;
  #hasBegun = false;
  readonly #maxElements: number;

  /** @param maxElements and items of a file that there is memory for */
  constructor(maxElements = Infinity) {
    this.#maxElements = maxElements;
  }

  /**
   * Loads the codec that every frame needs and has it encode a small one, so that V8 has compiled what is run
   * first; three or ten frames gained nothing more. A file that comes meanwhile waits for the loading, which it
   * needs too, and not for the frame.
   */
  async warmUp(): Promise<void> {
    const codec = await this.#loadCodec();
    if (!this.#hasBegun) encodeFrame(createWarmUpSamples(), WARM_UP_SHAPE, codec);
  }

  /**
   * The frames are handed out one by one as they are encoded and verified, each when the one before is
   * taken, so that never more than one is held. Elements, items and frames are counted before they are made: those that the
   * metadata cannot hold are refused at once.
   * @param maxMetadataBytes of the image set that the file goes to
   * @param memory is asked before a frame is decoded
   * @throws DicomError or PixelError for what cannot be imported; FrameTooLarge
   */
  async import(
    bytes: Uint8Array,
    maxMetadataBytes: number,
    memory: FrameMemory,
    onFrame: OnFrame,
  ): Promise<ImportedInstance> {
    this.#hasBegun = true;
    const budget = new MetadataBudget(maxMetadataBytes, this.#maxElements);
    const part10 = parsePart10(bytes, budget);
    budget.spend(frameCountOf(part10) * LEAST_FRAME_BYTES);
    const described = describeInstance(part10, budget);
    const frames = await this.#encodeFrames(part10, memory, onFrame);
    return writeInstance(described, frames, maxMetadataBytes);
  }

  /** Whether another importer, of memory of its own, should take the next file. */
  isWornOut(): boolean {
    return this.#decoders.needsRecycling() || (this.#codec !== undefined && needsRecycling(this.#codec));
  }

  async #loadCodec(): Promise<Codec> {
    this.#codec = await (this.#loading ??= loadCodec());
    return this.#codec;
  }

  async #encodeFrames(part10: Part10, memory: FrameMemory, onFrame: OnFrame): Promise<ImportedFrame[]> {
    const pixelData = pixelDataOf(part10);
    if (pixelData === undefined) return [];
    checkFrameShape(pixelData.shape);
    await memory.take(pixelData.shape, part10.transferSyntaxUid);
    const uid = part10.transferSyntaxUid;
    const decode = isEncapsulatedUid(uid) ? await this.#decoders.forTransferSyntax(uid) : readNative;
    const codec = await this.#loadCodec();
    const frames: ImportedFrame[] = [];
    for (const frame of pixelData.frames) {
      const samples = decode(frame, pixelData.shape);
      const { codestream, ...described } = encodeFrame(samples, pixelData.shape, codec);
      const frameId = randomBytes(16).toString("hex");
      frames.push({ ...described, frameId, storedChecksum: checksumOf(codestream) });
      await onFrame(codestream, frameId);
    }
    return frames;
  }
}

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
