import type { CharLs } from "@cornerstonejs/codec-charls/decodewasmjs";
import type { OpenJpeg } from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import {
  describeTransferSyntax,
  TRANSFER_SYNTAXES,
  type EncapsulatedUid,
  type PixelCoding,
} from "../../../api/transfer-syntaxes.ts";
import { conform } from "./conform.ts";
import type { DecodedImage } from "./decoded-image.ts";
import { checkFrameShape, type FrameShape } from "../frame-shape.ts";
import { decodeJpeg } from "./jpeg/decode-jpeg.ts";
import { inPromisedColours } from "./jpeg/colours.ts";
import { decodeJpeg2000, loadOpenJpeg } from "./jpeg-2000.ts";
import { decodeJpegLs, loadCharLs } from "./jpeg-ls.ts";
import { decodeRle } from "./rle.ts";
import type { Samples } from "../samples.ts";
import { needsRecycling, type WasmProgram } from "../codecs/wasm-program.ts";

/** Decodes a compressed frame to normalised samples. Throws a PixelError. */
export type SourceDecoder = (frame: Uint8Array, shape: FrameShape) => Samples;

/** The decoders of compressed pixel data, each loaded when it is first needed. */
export class SourceDecoders {
  #openJpeg: Promise<WasmProgram<OpenJpeg>> | undefined;
  #charLs: Promise<WasmProgram<CharLs>> | undefined;
  readonly #programs: Pick<WasmProgram<OpenJpeg>, "hasCrashed" | "memoryByteLength">[] = [];

  async forTransferSyntax(uid: EncapsulatedUid): Promise<SourceDecoder> {
    const { mayLose = false } = describeTransferSyntax(uid);
    const decode = await this.#load(TRANSFER_SYNTAXES[uid].coding);
    return (frame, shape) => {
      checkFrameShape(shape);
      const image = decode(frame, shape);
      return conform({ ...image, isLossy: image.isLossy || mayLose }, shape);
    };
  }

  /** Whether a decoder should not be used again: see `needsRecycling`. */
  needsRecycling(): boolean {
    return this.#programs.some(needsRecycling);
  }

  async #load(
    coding: Exclude<PixelCoding, "native">,
  ): Promise<(frame: Uint8Array, shape: FrameShape) => DecodedImage> {
    switch (coding) {
      case "JPEG":
        return (frame, shape) => inPromisedColours(decodeJpeg(frame, shape), shape);
      case "RLE":
        return decodeRle;
      case "JPEG 2000": {
        const openJpeg = await (this.#openJpeg ??= this.#keep(loadOpenJpeg()));
        return (frame, shape) => decodeJpeg2000(frame, shape, openJpeg);
      }
      case "JPEG-LS": {
        const charLs = await (this.#charLs ??= this.#keep(loadCharLs()));
        return (frame, shape) => decodeJpegLs(frame, shape, charLs);
      }
    }
  }

  async #keep<T extends { hasCrashed(): boolean; memoryByteLength(): number }>(
    loading: Promise<T>,
  ): Promise<T> {
    const program = await loading;
    this.#programs.push(program);
    return program;
  }
}
