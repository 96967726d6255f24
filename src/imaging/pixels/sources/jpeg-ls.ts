import { Buffer } from "node:buffer";
import type { CharLs, JpegLSDecoder } from "@cornerstonejs/codec-charls/decodewasmjs";
import { viewOf } from "../bytes.ts";
import { checkExpectedSize, type DecodedImage, type ExpectedImage } from "./decoded-image.ts";
import { interleavePlanes } from "./interleave.ts";
import { JPEG_MARKER } from "../markers.ts";
import { PixelError } from "../pixel-error.ts";
import { viewSamples } from "../samples.ts";
import { WasmProgram } from "../codecs/wasm-program.ts";

const { SOF55, SOS } = JPEG_MARKER;
const EOI = Buffer.of(JPEG_MARKER.EOI >> 8, JPEG_MARKER.EOI & 0xff);

export const loadCharLs = async (): Promise<WasmProgram<CharLs>> =>
  WasmProgram.start((await import("@cornerstonejs/codec-charls/decodewasmjs")).default);

/** Decodes a frame of JPEG-LS; its samples are unsigned, whatever they mean. Throws a PixelError. */
export function decodeJpegLs(
  frame: Uint8Array,
  expected: ExpectedImage,
  charLs: WasmProgram<CharLs>,
): DecodedImage {
  const header = readFrameHeader(frame);
  checkExpectedSize("JPEG-LS", header, expected, frame.length);
  checkEnd(frame);
  return charLs.run("JPEG-LS decoding", (module) => {
    const decoder = new module.JpegLSDecoder();
    try {
      return decode(decoder, frame, header);
    } catch (cause) {
      if (typeof cause !== "number") throw cause;
      throw new PixelError(`JPEG-LS: ${module.getExceptionMessage(cause)}`, { cause });
    } finally {
      decoder.delete();
    }
  });
}

function decode(decoder: JpegLSDecoder, frame: Uint8Array, header: FrameHeader): DecodedImage {
  const { width, height, componentCount, bitsPerSample } = header;
  decoder.getEncodedBuffer(frame.length).set(frame);
  decoder.decode();
  const bytes = decoder.getDecodedBuffer().slice();
  const wanted = width * height * componentCount * (bitsPerSample <= 8 ? 1 : 2);
  if (bytes.length !== wanted) {
    throw new PixelError(`JPEG-LS: expected ${wanted} decoded bytes, got ${bytes.length}`);
  }
  const decoded = viewSamples(bytes, bitsPerSample, false);
  const isPlanar = componentCount > 1 && decoder.getInterleaveMode() === 0;
  return {
    ...header,
    isSigned: false,
    isLossy: decoder.getNearLossless() > 0,
    samples: isPlanar ? interleavePlanes(decoded, componentCount) : decoded,
  };
}

/** If the data ends too early the codec continues for seconds before it reports that. */
function checkEnd({ buffer, byteOffset, byteLength }: Uint8Array): void {
  // Coded data never contains this marker (ISO/IEC 14495-1 A.1).
  if (Buffer.from(buffer, byteOffset, byteLength).lastIndexOf(EOI) < 0) {
    throw new PixelError(`JPEG-LS: the frame is truncated at byte ${byteLength}`);
  }
}

type FrameHeader = Pick<DecodedImage, "width" | "height" | "componentCount" | "bitsPerSample">;

function readFrameHeader(frame: Uint8Array): FrameHeader {
  const view = viewOf(frame);
  try {
    for (let offset = 2; ;) {
      const marker = view.getUint16(offset);
      if (marker >> 8 !== 0xff || marker === SOS) break;
      if (marker === SOF55) {
        return {
          bitsPerSample: view.getUint8(offset + 4),
          height: view.getUint16(offset + 5),
          width: view.getUint16(offset + 7),
          componentCount: view.getUint8(offset + 9),
        };
      }
      offset += 2 + view.getUint16(offset + 2);
    }
  } catch (cause) {
    throw new PixelError("JPEG-LS: the frame is truncated in its headers", { cause });
  }
  throw new PixelError("JPEG-LS: no frame header before the first scan");
}
