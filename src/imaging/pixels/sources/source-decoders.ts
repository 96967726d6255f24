import type { CharLs } from "@cornerstonejs/codec-charls/decodewasmjs";
import type { OpenJpeg } from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import { conform } from "./conform.ts";
import type { DecodedImage } from "./decoded-image.ts";
import { checkFrameShape, type FrameShape } from "../frame-shape.ts";
import { decodeJpeg } from "./jpeg/decode-jpeg.ts";
import { inPromisedColours } from "./jpeg/colours.ts";
import { decodeJpeg2000, loadOpenJpeg } from "./jpeg-2000.ts";
import { decodeJpegLs, loadCharLs } from "./jpeg-ls.ts";
import { PixelError } from "../pixel-error.ts";
import { decodeRle } from "./rle.ts";
import type { Samples } from "../samples.ts";
import { needsRecycling, type WasmProgram } from "../codecs/wasm-program.ts";

/** Makes the normalised samples of a compressed frame. Throws a PixelError. */
export type SourceDecoder = (frame: Uint8Array, shape: FrameShape) => Samples;

type Family = "JPEG" | "JPEG-LS" | "JPEG 2000" | "RLE";

/** By what follows 1.2.840.10008.1.2. in the UID; those in `LOSSY` may lose something. */
const FAMILIES: Readonly<Record<string, Family>> = {
  "4.50": "JPEG",
  "4.51": "JPEG",
  "4.57": "JPEG",
  "4.70": "JPEG",
  "4.80": "JPEG-LS",
  "4.81": "JPEG-LS",
  "4.90": "JPEG 2000",
  "4.91": "JPEG 2000",
  "4.201": "JPEG 2000",
  "4.202": "JPEG 2000",
  "4.203": "JPEG 2000",
  "5": "RLE",
};
/** Where a codestream of integers too may have been cut to a size. */
const LOSSY: ReadonlySet<string> = new Set(["4.81", "4.91", "4.203"]);

const ROOT = "1.2.840.10008.1.2.";

/** The decoders of compressed pixel data, each loaded when it is needed first. */
export class SourceDecoders {
  #openJpeg: Promise<WasmProgram<OpenJpeg>> | undefined;
  #charLs: Promise<WasmProgram<CharLs>> | undefined;
  readonly #programs: Pick<WasmProgram<OpenJpeg>, "hasCrashed" | "memoryByteLength">[] = [];

  async forTransferSyntax(uid: string): Promise<SourceDecoder> {
    const syntax = uid.startsWith(ROOT) ? uid.slice(ROOT.length) : "";
    const decode = await this.#load(FAMILIES[syntax], uid);
    return (frame, shape) => {
      checkFrameShape(shape);
      const image = decode(frame, shape);
      return conform({ ...image, isLossy: image.isLossy || LOSSY.has(syntax) }, shape);
    };
  }

  /** Whether a decoder should be used no more: see `needsRecycling`. */
  needsRecycling(): boolean {
    return this.#programs.some(needsRecycling);
  }

  async #load(
    family: Family | undefined,
    uid: string,
  ): Promise<(frame: Uint8Array, shape: FrameShape) => DecodedImage> {
    switch (family) {
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
      case undefined:
        throw new PixelError(`Pixel data of transfer syntax ${uid} is not compressed`);
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
