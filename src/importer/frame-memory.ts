import type { FrameShape } from "../pixels/frame-shape.ts";

/**
 * What a frame takes while it is imported, in its own size. Measured: 2.1 where it is blank, 4.4 where it is
 * noise: samples, the codec's copy, the codestream twice.
 */
const OF_ENCODING = 4.5;
/** Beside that, the decoders of JPEG and JPEG 2000 hold 4 bytes for each sample. */
const OF_DECODING = 5;
/** Frames that take no more need no permission: those of all workers together are no matter. */
const ALWAYS_ALLOWED = 32 * 2 ** 20;

const RLE_LOSSLESS = "1.2.840.10008.1.2.5";
const MEBIBYTE = 2 ** 20;

/** A frame takes more memory than all imports together may. */
export class FrameTooLarge extends Error {}

/** Bytes that a frame takes at most, from its attributes. */
export function memoryOfFrame(shape: FrameShape, { isEncapsulated, uid }: Syntax): number {
  const { rows, columns, samplesPerPixel, bitsAllocated } = shape;
  const isDecoded = isEncapsulated && uid !== RLE_LOSSLESS;
  const factor = OF_ENCODING + (isDecoded ? OF_DECODING : 0);
  return Math.ceil(rows * columns * samplesPerPixel * (bitsAllocated / 8) * factor);
}

interface Syntax {
  readonly isEncapsulated: boolean;
  readonly uid: string;
}

/** The memory of one file's frames, which its worker asks for before it decodes. */
export class FrameMemory {
  readonly #maxBytes: number;
  readonly #request: (byteLength: number) => Promise<void>;
  #mostBytes = 0;

  /**
   * @param maxBytes of all imports together
   * @param request resolves when so many bytes are free
   */
  constructor(maxBytes: number, request: (byteLength: number) => Promise<void>) {
    this.#maxBytes = maxBytes;
    this.#request = request;
  }

  /** @throws FrameTooLarge */
  async take(shape: FrameShape, syntax: Syntax): Promise<void> {
    const byteLength = memoryOfFrame(shape, syntax);
    if (byteLength > this.#maxBytes) throw tooLarge(shape, byteLength, this.#maxBytes);
    this.#mostBytes = Math.max(this.#mostBytes, byteLength);
    if (byteLength > ALWAYS_ALLOWED) await this.#request(byteLength);
  }

  /** Whether a thread is to end that has taken so much: it would keep much of it. */
  get isLarge(): boolean {
    return this.#mostBytes > this.#maxBytes / 4;
  }
}

function tooLarge(
  { columns, rows, samplesPerPixel }: FrameShape,
  byteLength: number,
  maxBytes: number,
): FrameTooLarge {
  const [needed, allowed] = [byteLength, maxBytes].map((bytes) => Math.ceil(bytes / MEBIBYTE));
  return new FrameTooLarge(
    `A frame of ${columns}x${rows}x${samplesPerPixel} samples takes up to ${needed} MiB to import, and imports ` +
      `have ${allowed} MiB: see --import-memory`,
  );
}
