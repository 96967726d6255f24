import { createHash, randomBytes } from "node:crypto";
import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import type { ImportWarning } from "../../api/import-warnings.ts";
import { isEncapsulatedUid, type TransferSyntaxUid } from "../../api/transfer-syntaxes.ts";
import { commonElementsOf } from "../../domain/image-sets/primary-image-sets.ts";
import { dicomTagsOf } from "../../domain/image-sets/metadata/dicom-tags.ts";
import type {
  ImageFrameDocument,
  InstanceDocument,
  MetadataDocument,
} from "../../domain/image-sets/metadata/metadata-document.ts";
import { groupingKey } from "../../imaging/dicom/metadata/grouping-key.ts";
import { UnsupportedError } from "../../imaging/dicom/dicom-error.ts";
import { MetadataBudget, MetadataTooLarge } from "../../imaging/dicom/metadata/metadata-budget.ts";
import { Findings } from "../../imaging/dicom/metadata/findings.ts";
import {
  describeInstance,
  withWarningReasons,
  type InstanceDescription,
} from "../../imaging/dicom/metadata/metadata.ts";
import type { PixelData } from "../../imaging/dicom/frames/native-frames.ts";
import { frameCountOf, pixelDataOf } from "../../imaging/dicom/frames/frames.ts";
import { parsePart10 } from "../../imaging/dicom/part10/part10.ts";
import { PIXEL_DATA } from "../../imaging/dicom/tag.ts";
import { checksumOf } from "../../domain/blobs.ts";
import { loadCodec, type Codec } from "../../imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../imaging/pixels/htj2k/encode-frame.ts";
import { checkFrameShape } from "../../imaging/pixels/frame-shape.ts";
import { readNative } from "../../imaging/pixels/sources/read-native.ts";
import { SourceDecoders } from "../../imaging/pixels/sources/source-decoders.ts";
import { needsRecycling } from "../../imaging/pixels/codecs/wasm-program.ts";
import { createWarmUpSamples, WARM_UP_SHAPE } from "./warm-up-frame.ts";
import { TAIL, type FileRules, type ImportedFrame, type ImportedInstance } from "../protocol.ts";
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

/** The minimum JSON size of a frame, in bytes. */
const LEAST_FRAME_BYTES = JSON.stringify(LEAST_FRAME).length;

/** Receives a frame; the next one is encoded once the promise resolves. */
type OnFrame = (codestream: Uint8Array, frameId: string) => Promise<void> | void;

interface FrameEncoding {
  readonly uid: TransferSyntaxUid;
  readonly memory: FrameMemory;
  readonly onFrame: OnFrame;
  /** Only the full resolution gets a checksum. */
  readonly isFullOnly: boolean;
}

/**
 * Converts DICOM files to instances, one after the other. Codecs are loaded when they are first needed, and
 * kept.
 */
export class FileImporter {
  readonly #decoders = new SourceDecoders();
  #loading: Promise<Codec> | undefined;
  #codec: Codec | undefined;
  #hasBegun = false;
  readonly #maxElements: number;

  /** @param maxElements how many elements and items of a file fit in memory */
  constructor(maxElements = Infinity) {
    this.#maxElements = maxElements;
  }

  /**
   * Loads the codec that every frame needs and encodes a small frame, so that V8 has compiled the code for
   * the first one; three or ten frames gained nothing more. A file that arrives meanwhile waits for the
   * loading, which it needs too, but not for the frame.
   */
  async warmUp(): Promise<void> {
    const codec = await this.#loadCodec();
    if (!this.#hasBegun) encodeFrame(createWarmUpSamples(), WARM_UP_SHAPE, codec);
  }

  /**
   * Frames are passed on one by one as they are encoded and verified, each once the previous one is taken, so
   * at most one is in memory. Elements, items and frames are counted before they are created: more than the
   * metadata can hold are refused at once.
   * @param memory is asked before a frame is decoded
   * @throws DicomError or PixelError for what cannot be imported; FrameTooLarge
   */
  async import(
    bytes: Uint8Array,
    rules: FileRules,
    memory: FrameMemory,
    onFrame: OnFrame,
  ): Promise<ImportedInstance> {
    this.#hasBegun = true;
    try {
      return await this.#import(bytes, rules, memory, onFrame);
    } catch (error) {
      const { unsupportedBy } = rules.behaviours?.keptOriginals ?? {};
      throw error instanceof UnsupportedError ? new UnsupportedError(error.what, unsupportedBy) : error;
    }
  }

  async #import(
    bytes: Uint8Array,
    rules: FileRules,
    memory: FrameMemory,
    onFrame: OnFrame,
  ): Promise<ImportedInstance> {
    const budget = new MetadataBudget(rules.maxMetadataBytes ?? Infinity, this.#maxElements);
    const part10 = parsePart10(bytes, budget);
    budget.spend(frameCountOf(part10) * LEAST_FRAME_BYTES);
    const { valueLimits: limits, importWarnings = false } = rules.behaviours ?? {};
    const findings = importWarnings ? new Findings() : undefined;
    const described = describeInstance(part10, { budget, limits, findings });
    const pixelData = pixelDataOf(part10);
    const isFullOnly = rules.behaviours?.storedFrames.hasFullLevelOnly === true;
    const encoding: FrameEncoding = { uid: part10.transferSyntaxUid, memory, onFrame, isFullOnly };
    const frames = pixelData && (await this.#encodeFrames(pixelData, encoding));
    for (const problem of pixelData?.problems ?? []) findings?.add(problem, PIXEL_DATA);
    return writeInstance(described, frames ?? [], rules, findings?.warnings);
  }

  /** Whether another importer, with fresh memory, should process the next file. */
  isWornOut(): boolean {
    return this.#decoders.needsRecycling() || (this.#codec !== undefined && needsRecycling(this.#codec));
  }

  async #loadCodec(): Promise<Codec> {
    this.#codec = await (this.#loading ??= loadCodec());
    return this.#codec;
  }

  async #encodeFrames(
    pixelData: PixelData,
    { uid, memory, onFrame, isFullOnly }: FrameEncoding,
  ): Promise<ImportedFrame[]> {
    checkFrameShape(pixelData.shape);
    await memory.take(pixelData.shape, uid);
    const decode = isEncapsulatedUid(uid) ? await this.#decoders.forTransferSyntax(uid) : readNative;
    const codec = await this.#loadCodec();
    const frames: ImportedFrame[] = [];
    for (const frame of pixelData.frames) {
      const samples = decode(frame, pixelData.shape);
      const { codestream, ...described } = encodeFrame(samples, pixelData.shape, codec, isFullOnly);
      const frameId = randomBytes(16).toString("hex");
      frames.push({ ...described, frameId, storedChecksum: checksumOf(codestream) });
      await onFrame(codestream, frameId);
    }
    return frames;
  }
}

/**
 * An instance in the form that the main thread needs, with its metadata already as text: the text of a large
 * file takes seconds to write.
 * @throws MetadataTooLarge
 */
export function writeInstance(
  description: InstanceDescription,
  frames: readonly ImportedFrame[],
  { maxMetadataBytes = Infinity, behaviours }: FileRules,
  warnings: readonly ImportWarning[] = [],
): ImportedInstance {
  const described = withWarningReasons(description, warnings);
  const { sopInstanceUID, seriesInstanceUID, patient, study, series } = described;
  const instance: InstanceDocument = {
    ...described.instance,
    ...(frames.length > 0 ? behaviours?.storedFrames.instanceMembers : {}),
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
  const dicomTags = dicomTagsOf(document({ [sopInstanceUID]: instance }));
  return {
    sopInstanceUID,
    ...keysOf(described, dicomTags, behaviours?.imageSetGrouping.isByCommonElements),
    warnings,
    dicomTags,
    frameIds: frames.map(({ frameId }) => frameId),
    frameChecksums: frames.map(({ storedChecksum }) => storedChecksum),
    head,
    text,
  };
}

/** @param isByCommonElements otherwise instances of an image set agree in all elements */
function keysOf(
  described: InstanceDescription,
  dicomTags: DICOMTags,
  isByCommonElements = false,
): Pick<ImportedInstance, "groupingKey" | "attributesKey"> {
  const attributesKey = digest(groupingKey(described));
  return {
    attributesKey,
    groupingKey: isByCommonElements ? digest(commonElementsOf(dicomTags)) : attributesKey,
  };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

type DocumentOfInstance = Pick<MetadataDocument, "Patient" | "Study">;
