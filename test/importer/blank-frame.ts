import {
  dicomFile,
  element,
  encapsulatedPixelData,
  imageElements,
  instanceElements,
} from "../imaging/dicom/write-dicom.ts";

const RLE_LOSSLESS = "1.2.840.10008.1.2.5";

/**
 * A file with one blank frame of RLE, one sample of 8 bits: it has a 64th of the frame's bytes.
 * Rows times columns is a multiple of 128.
 * @param number the last component of its SOPInstanceUID
 */
export function blankFrame(number: number, rows: number, columns: number): Uint8Array {
  // Number of segments and the first one's offset, then runs of 128 zeros (PS3.5 G.5).
  const frame = Buffer.alloc(64 + Math.ceil((rows * columns) / 128) * 2, Buffer.from([129, 0]));
  frame.fill(0, 0, 64);
  frame.writeUInt32LE(1, 0);
  frame.writeUInt32LE(64, 4);
  const image = imageElements({ rows, columns, pixelData: new Uint8Array() });
  const elements = instanceElements(
    element("00080018", "UI", `1.2.3.4.3.${number}`),
    ...image.filter(({ tag }) => tag !== "7FE00010"),
    encapsulatedPixelData([frame]),
  );
  return dicomFile(elements, { transferSyntaxUID: RLE_LOSSLESS });
}
