/** The attributes of the Image Pixel Module (PS3.3 C.7.6.3) that say how samples are stored. */
export interface ImageShape {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  readonly planarConfiguration: number;
  readonly photometricInterpretation: string;
}

export interface Image extends ImageShape {
  /** Per frame, the sample values interleaved by pixel, rows from top to bottom. */
  readonly frames: readonly Int32Array[];
}

export interface ShapeOptions {
  readonly bitsAllocated?: number;
  readonly highBit?: number;
  readonly isSigned?: boolean;
  readonly planarConfiguration?: number;
  readonly photometricInterpretation?: string;
}

/** @param size "columns x rows", as in "33x27" */
export function shapeOf(
  size: string,
  samplesPerPixel: number,
  bitsStored: number,
  options: ShapeOptions = {},
): ImageShape {
  const [columns = 0, rows = 0] = size.split("x").map(Number);
  return {
    rows,
    columns,
    samplesPerPixel,
    bitsStored,
    bitsAllocated: bitsStored <= 8 ? 8 : 16,
    highBit: bitsStored - 1,
    isSigned: false,
    planarConfiguration: 0,
    photometricInterpretation: samplesPerPixel === 1 ? "MONOCHROME2" : "RGB",
    ...options,
  };
}

export const rangeOf = ({
  bitsStored,
  isSigned,
}: Pick<ImageShape, "bitsStored" | "isSigned">): { lowest: number; highest: number } =>
  isSigned
    ? { lowest: -(2 ** (bitsStored - 1)), highest: 2 ** (bitsStored - 1) - 1 }
    : { lowest: 0, highest: 2 ** bitsStored - 1 };

/** Values as integers of two's complement, little endian. */
export function integerBytes(values: Iterable<number>, byteWidth: number): Uint8Array {
  const list = [...values];
  const bytes = Buffer.alloc(list.length * byteWidth);
  for (const [index, value] of list.entries()) {
    bytes.writeUIntLE(value < 0 ? value + 2 ** (8 * byteWidth) : value, index * byteWidth, byteWidth);
  }
  return new Uint8Array(bytes);
}

/** A frame as golden.json counts it: interleaved by pixel, BitsAllocated wide, little endian; bits as bytes. */
export const goldenBytes = (frame: Int32Array, { bitsAllocated }: ImageShape): Uint8Array =>
  integerBytes(frame, Math.ceil(bitsAllocated / 8));

/** Component after component, as raw encoders read them. */
export function planesOf(frame: Int32Array, samplesPerPixel: number): Int32Array[] {
  const pixels = frame.length / samplesPerPixel;
  return Array.from({ length: samplesPerPixel }, (_, component) =>
    Int32Array.from({ length: pixels }, (_each, pixel) => frame[pixel * samplesPerPixel + component] ?? 0),
  );
}

/** A frame as uncompressed Pixel Data holds it: by planes or pixels, 4:2:2, up to HighBit. */
export function nativeBytes(frame: Int32Array, shape: ImageShape): Uint8Array {
  const { bitsAllocated, bitsStored, highBit, samplesPerPixel, planarConfiguration } = shape;
  const stored = isSubsampled(shape) ? pairsOf(frame) : frame;
  const isPlanar = planarConfiguration === 1 && samplesPerPixel > 1;
  const ordered = isPlanar ? planesOf(stored, samplesPerPixel).flatMap((plane) => [...plane]) : [...stored];
  const shift = 2 ** (highBit - bitsStored + 1);
  return integerBytes(
    ordered.map((value) => value * shift),
    Math.ceil(bitsAllocated / 8),
  );
}

const isSubsampled = ({ photometricInterpretation }: ImageShape): boolean =>
  photometricInterpretation === "YBR_FULL_422";

/** Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2); both pixels of a pair have the same Cb and Cr here. */
function pairsOf(frame: Int32Array): Int32Array {
  const pairs: number[] = [];
  for (let at = 0; at < frame.length; at += 6) {
    pairs.push(frame[at] ?? 0, frame[at + 3] ?? 0, frame[at + 1] ?? 0, frame[at + 2] ?? 0);
  }
  return Int32Array.from(pairs);
}

/** All frames, one after the other. */
export const nativePixelData = (image: Image): Uint8Array =>
  new Uint8Array(Buffer.concat(image.frames.map((frame) => nativeBytes(frame, image))));
