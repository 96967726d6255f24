import { totalmem } from "node:os";
import { TRANSFER_SYNTAXES, type PixelCoding, type TransferSyntaxUid } from "../../api/transfer-syntaxes.ts";
import type { FrameShape } from "../../imaging/pixels/frame-shape.ts";

const MEBIBYTE = 2 ** 20;

/** Share of the memory that imports may take: noisy frames take up to 1.75 times their estimate. */
const SHARE = 0.5;

/** Bytes: of the container if it has a limit, else of the machine. */
export function availableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** Bytes that imports may take by default. */
export const defaultImportMemory = (): number => Math.floor(availableMemory() * SHARE);

/** Bytes. With less no frame of use could be imported: it is a number whose unit was forgotten. */
export const MIN_IMPORT_MEMORY = MEBIBYTE;

/** @throws TypeError for what `--import-memory` refuses too */
export function checkImportMemory(importMemory: number | undefined): number | undefined {
  if (importMemory === undefined) return undefined;
  if (Number.isSafeInteger(importMemory) && importMemory >= MIN_IMPORT_MEMORY) return importMemory;
  throw new TypeError(
    `importMemory expects a whole number of bytes, at least ${MIN_IMPORT_MEMORY} (1 MiB), got ${String(importMemory)}`,
  );
}

/** MiB of a worker's JavaScript heap: metadata of the largest size that AWS's quota allows takes 768. */
const [LEAST_HEAP, MOST_HEAP] = [256, 1_024];

/** In MiB, the unit of `resourceLimits`. Buffers and WebAssembly are not included: see `FrameMemory`. */
export const heapOfWorker = (): number =>
  Math.floor(Math.min(Math.max(availableMemory() / MEBIBYTE / 4, LEAST_HEAP), MOST_HEAP));

/**
 * Bounds the bytes that are held at once. Work starts in order, once its bytes fit beside the rest; work
 * larger than the entire budget runs alone.
 */
export class ByteBudget {
  readonly #maxBytes: () => number;
  readonly #waiting: { readonly byteLength: number; readonly begin: () => void }[] = [];
  #heldBytes = 0;

  /** @param maxBytes may change; started work continues */
  constructor(maxBytes: number | (() => number)) {
    this.#maxBytes = typeof maxBytes === "number" ? () => maxBytes : maxBytes;
  }

  async during<T>(byteLength: number, work: () => Promise<T>): Promise<T> {
    let release = (): void => {};
    await new Promise<void>((begin) => (release = this.request(byteLength, begin)));
    try {
      return await work();
    } finally {
      release();
    }
  }

  /**
   * @param begin called once the bytes are reserved, at once if they are free
   * @returns releases the bytes, or cancels the request; call it once
   */
  request(byteLength: number, begin: () => void): () => void {
    const waiting = { byteLength, begin };
    this.#waiting.push(waiting);
    this.#beginNext();
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const index = this.#waiting.indexOf(waiting);
      if (index < 0) this.#heldBytes -= byteLength;
      else this.#waiting.splice(index, 1);
      this.#beginNext();
    };
  }

  #beginNext(): void {
    for (
      let [next] = this.#waiting;
      next !== undefined && this.#fits(next.byteLength);
      [next] = this.#waiting
    ) {
      this.#waiting.shift();
      this.#heldBytes += next.byteLength;
      next.begin();
    }
  }

  #fits(byteLength: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + byteLength <= this.#maxBytes();
  }
}

/**
 * Memory that a frame takes while it is imported, as a multiple of its size: samples, the codec's copy, and the codestream,
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
/**
 * Beside that, of the decoders: of JPEG the planes and the pixels made of them, of JPEG-LS and JPEG 2000 4 bytes a
 * sample. RLE frames decode within the memory of their samples.
 */
const OF_DECODING: Readonly<Record<PixelCoding, number>> = {
  native: 0,
  RLE: 0,
  JPEG: 2,
  "JPEG-LS": 5,
  "JPEG 2000": 5,
};
/** Smaller frames need no permission: even those of all workers together are negligible. */
const ALWAYS_ALLOWED = 32 * 2 ** 20;

/** A frame takes more memory than all imports together may. */
export class FrameTooLarge extends Error {}

/** The maximum bytes that a frame takes, from its attributes. */
export function memoryOfFrame(shape: FrameShape, uid: TransferSyntaxUid): number {
  const { rows, columns, samplesPerPixel, bitsAllocated } = shape;
  const factor = OF_ENCODING + OF_DECODING[TRANSFER_SYNTAXES[uid].coding];
  return Math.ceil(rows * columns * samplesPerPixel * (bitsAllocated / 8) * factor);
}

/** The memory of one file's frames. Its worker requests it before it decodes. */
export class FrameMemory {
  readonly #maxBytes: number;
  readonly #request: (byteLength: number) => Promise<void>;
  #mostBytes = 0;

  /**
   * @param maxBytes of all imports together
   * @param request resolves once that many bytes are free
   */
  constructor(maxBytes: number, request: (byteLength: number) => Promise<void>) {
    this.#maxBytes = maxBytes;
    this.#request = request;
  }

  /** @throws FrameTooLarge */
  async take(shape: FrameShape, uid: TransferSyntaxUid): Promise<void> {
    const byteLength = memoryOfFrame(shape, uid);
    if (byteLength > this.#maxBytes) throw tooLarge(shape, byteLength, this.#maxBytes);
    this.#mostBytes = Math.max(this.#mostBytes, byteLength);
    if (byteLength > ALWAYS_ALLOWED) await this.#request(byteLength);
  }

  /** Whether a thread that took this much should end: it would keep much of it. */
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
    `A frame of ${columns}x${rows}x${samplesPerPixel} samples needs up to ${needed} MiB to import, and imports ` +
      `have ${allowed} MiB: raise --import-memory`,
  );
}

/** Smaller texts are negligible, and a mapping costs a system call and whole pages. */
const LARGE_BYTES = 2 ** 20;

/**
 * Memory for a text, with its own pages if it is large: a resizable buffer is mapped, and unmapped when it is
 * released. Memory from `malloc` stays with the process, up to 64 MB in each of its arenas (glibc's
 * M_TRIM_THRESHOLD, which grows with the freed blocks).
 */
export function allocateText(byteLength: number): Uint8Array<ArrayBuffer> {
  if (byteLength < LARGE_BYTES) return new Uint8Array(byteLength);
  return new Uint8Array(new ArrayBuffer(byteLength, { maxByteLength: byteLength }), 0, byteLength);
}

/** Frees a large text at once, not at the next garbage collection: an idle server has none. */
export function releaseText({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (buffer.resizable) buffer.transferToFixedLength(0);
}

/** A text in a separate buffer, which may be transferred to another thread. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = allocateText(Buffer.byteLength(text));
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}

/** Joins the chunks in a separate buffer. */
export function concatChunks(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = allocateText(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}
