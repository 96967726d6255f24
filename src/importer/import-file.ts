import { pixelDataOf } from "../dicom/frames.ts";
import { groupingKey } from "../dicom/grouping-key.ts";
import { describeInstance } from "../dicom/metadata.ts";
import { parsePart10, type Part10 } from "../dicom/part10.ts";
import { loadCodec, type Codec } from "../pixels/codec.ts";
import { encodeFrame } from "../pixels/encode-frame.ts";
import { readNative } from "../pixels/read-native.ts";
import { SourceDecoders } from "../pixels/source-decoders.ts";
import { needsRecycling } from "../pixels/wasm-program.ts";
import type { ImportedFrame, ImportedInstance } from "./protocol.ts";

/**
 * Turns DICOM files into instances, one after the other. Its codecs are loaded when they are needed
 * first, and kept.
 */
export class FileImporter {
  readonly #decoders = new SourceDecoders();
  #loading: Promise<Codec> | undefined;
  #codec: Codec | undefined;

  /**
   * The frames are handed out one by one as they are encoded and verified, so that never more than
   * one is held.
   * @throws DicomError or PixelError for what cannot be imported
   */
  async import(bytes: Uint8Array, onFrame: (codestream: Uint8Array) => void): Promise<ImportedInstance> {
    const part10 = parsePart10(bytes);
    const { sopInstanceUID, seriesInstanceUID, patient, study, series, instance } = describeInstance(part10);
    const frames = await this.#encodeFrames(part10, onFrame);
    const key = groupingKey(patient, study, series);
    return {
      sopInstanceUID,
      seriesInstanceUID,
      groupingKey: key,
      patient,
      study,
      series,
      instance,
      frames,
    };
  }

  /** Whether another importer, of memory of its own, should take the next file. */
  isWornOut(): boolean {
    return this.#decoders.needsRecycling() || (this.#codec !== undefined && needsRecycling(this.#codec));
  }

  async #encodeFrames(part10: Part10, onFrame: (codestream: Uint8Array) => void): Promise<ImportedFrame[]> {
    const pixelData = pixelDataOf(part10);
    if (pixelData === undefined) return [];
    const { isEncapsulated, uid } = part10.transferSyntax;
    const decode = isEncapsulated ? await this.#decoders.forTransferSyntax(uid) : readNative;
    const codec = await (this.#loading ??= loadCodec());
    this.#codec = codec;
    return pixelData.frames.map((frame) => {
      const samples = decode(frame, pixelData.shape);
      const { codestream, ...described } = encodeFrame(samples, pixelData.shape, codec);
      onFrame(codestream);
      return described;
    });
  }
}
