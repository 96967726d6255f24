import type { ImageFrameDocument } from "../domain/image-sets/metadata/metadata-document.ts";
import type { ImportedFrame } from "./protocol.ts";

/** What the metadata document says of a frame. */
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
export const LEAST_FRAME_BYTES = JSON.stringify(LEAST_FRAME).length;
