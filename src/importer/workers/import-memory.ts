import { totalmem } from "node:os";

/** What imports may take of the memory that there is: frames of noise take up to 1.75 times what is charged for them. */
const SHARE = 0.5;

/** Bytes: of the container where it has a limit, else of the machine. */
export function availableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** Bytes that imports may take where nobody says otherwise. */
export const defaultImportMemory = (): number => Math.floor(availableMemory() * SHARE);

const MEBIBYTE = 2 ** 20;
/** Of a worker's JavaScript heap: metadata of the largest size that AWS's quota allows takes 768. */
const [LEAST_HEAP, MOST_HEAP] = [256, 1_024];

/** In MiB, as `resourceLimits` wants it. Buffers and WebAssembly are not in it: see `FrameMemory`. */
export const heapOfWorker = (): number =>
  Math.floor(Math.min(Math.max(availableMemory() / MEBIBYTE / 4, LEAST_HEAP), MOST_HEAP));
