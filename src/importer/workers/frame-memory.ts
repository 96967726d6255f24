import type { FrameShape } from "../../imaging/pixels/frame-shape.ts";

/**
 * What a frame takes while it is imported, in its own size: samples, the codec's copy of them, and the codestream,
 * several times while the codec's buffer for it grows.
 *
 * Measured as the peak of the process (VmHWM) beyond its idle memory, with one frame of 64 to 256 MiB in one worker:
 *
 * | source | blank | noise |
 * |---|---|---|
 * | native, 8 bits | 2.1 | 7.5 |
 * | native, 16 bits | | 7.3 |
 * | RLE Lossless, up to 1 GiB | 2.1 | |
 * | JPEG Baseline | 2.1 to 3.1 | |
 * | HTJ2K, 8 bits | | 16.4 |
 * | HTJ2K, 16 bits | | 13.9 |
 *
 * Images lie between: these numbers are for a codestream of 0.45 times the samples. Noise takes up to 1.75 times as
 * much, for which the other half of the memory is there: see `defaultImportMemory`.
 */
const OF_ENCODING = 4.5;
/** Beside that, of the decoders: of colour JPEG the planes and the pixels made of them; of the others 4 bytes a sample. */
const OF_JPEG = 2;
const OF_OTHER_DECODERS = 5;
/** Frames that take no more need no permission: those of all workers together are no matter. */
const ALWAYS_ALLOWED = 32 * 2 ** 20;

const RLE_LOSSLESS = "1.2.840.10008.1.2.5";
/** Baseline, Extended, Lossless and Lossless SV1, which our own decoder reads. */
const JPEG: ReadonlySet<string> = new Set(
  ["50", "51", "57", "70"].map((end) => `1.2.840.10008.1.2.4.${end}`),
);
const MEBIBYTE = 2 ** 20;

/** A frame takes more memory than all imports together may. */
export class FrameTooLarge extends Error {}

/** Bytes that a frame takes at most, from its attributes. */
export function memoryOfFrame(shape: FrameShape, syntax: Syntax): number {
  const { rows, columns, samplesPerPixel, bitsAllocated } = shape;
  const factor = OF_ENCODING + ofDecoding(syntax);
  return Math.ceil(rows * columns * samplesPerPixel * (bitsAllocated / 8) * factor);
}

function ofDecoding({ isEncapsulated, uid }: Syntax): number {
  if (!isEncapsulated || uid === RLE_LOSSLESS) return 0;
  return JPEG.has(uid) ? OF_JPEG : OF_OTHER_DECODERS;
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
