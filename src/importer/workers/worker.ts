import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { parentPort, resourceLimits } from "node:worker_threads";
import { errorMessage } from "../../api/error-message.ts";
import { toMessage } from "../../api/message.ts";
import { DicomError } from "../../imaging/dicom/dicom-error.ts";
import { PixelError } from "../../imaging/pixels/pixel-error.ts";
import { decodeInThread, type DecodingRequest } from "../decoding/decode-in-thread.ts";
import { FrameCredit, FrameSpool, SpoolError } from "./frame-spool.ts";
import { FileImporter } from "./file-importer.ts";
import { FrameMemory, FrameTooLarge } from "./import-memory.ts";
import type { FileFailure, FileOutcome, WorkerReply, WorkerRequest } from "../protocol.ts";

type FileRequest = Extract<WorkerRequest, { kind: "file" }>;

/** Node.js reads at most this many bytes in one call. */
const MAX_READ_BYTES = 2 ** 30;
/** Memory that is kept for the next file; a larger file gets separate memory. */
const MAX_KEPT_BYTES = 16 * 2 ** 20;

/** Reads files of any size, one after the other, mostly into the same memory. */
export class FileReader {
  #kept = new ArrayBuffer(0);

  /** @returns the file's bytes, valid until the next read; not a Buffer, whose `slice` copies nothing */
  read(path: string): Uint8Array {
    const file = openSync(path, "r");
    try {
      const bytes = this.#memoryFor(fstatSync(file).size);
      for (let position = 0; position < bytes.length;) {
        const length = Math.min(MAX_READ_BYTES, bytes.length - position);
        const bytesRead = readSync(file, bytes, position, length, position);
        if (bytesRead === 0) throw new Error(`expected ${bytes.length} bytes, the file ends at ${position}`);
        position += bytesRead;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  }

  #memoryFor(byteLength: number): Uint8Array {
    if (byteLength > MAX_KEPT_BYTES) return new Uint8Array(byteLength);
    if (byteLength > this.#kept.byteLength)
      this.#kept = new ArrayBuffer(Math.min(2 * byteLength, MAX_KEPT_BYTES));
    return new Uint8Array(this.#kept, 0, byteLength);
  }
}

const reader = new FileReader();
const importer = new FileImporter(maxElements());
const credit = new FrameCredit();
let onGranted = (): void => {};

/**
 * Runs in a worker thread: receives a file, and sends a message for each frame and one for the outcome; or a stored
 * frame, and sends its samples.
 */
parentPort?.on("message", (request: WorkerRequest | DecodingRequest) => {
  switch (request.kind) {
    case "decode":
      return void decode(request);
    case "warm-up":
      // A codec that cannot be loaded is reported by the first file that needs it.
      return void importer.warmUp().catch(() => {});
    case "memory-granted":
      return onGranted();
    case "frame-taken":
      return credit.giveBack();
    case "file":
      return void answer(request);
  }
});

async function decode(request: DecodingRequest): Promise<void> {
  const reply = await decodeInThread(request);
  parentPort?.postMessage(reply, reply.kind === "decoded" ? [reply.samples.buffer] : []);
}

async function answer(request: FileRequest): Promise<void> {
  const memory = new FrameMemory(request.maxMemoryBytes, askForMemory);
  const [outcome, isBroken] = await process(request, memory);
  post({ ...outcome, isWornOut: isBroken || importer.isWornOut() || memory.isLarge || isHeapLarge() });
}

function askForMemory(byteLength: number): Promise<void> {
  post({ kind: "memory", byteLength });
  return new Promise((resolve) => (onGranted = resolve));
}

/** @returns also whether this thread should not be used again */
async function process(
  { source, spool }: FileRequest,
  memory: FrameMemory,
): Promise<readonly [FileOutcome, boolean]> {
  let bytes: Uint8Array;
  try {
    bytes = "path" in source ? reader.read(source.path) : source.bytes;
  } catch (error) {
    return [{ kind: "unreadable", cause: String(error) }, false];
  }
  const frames = new FrameSpool(spool);
  try {
    const handOn = async (codestream: Uint8Array, frameId: string): Promise<void> => {
      await credit.spend();
      post({ kind: "frame", path: frames.put(codestream), frameId });
    };
    const instance = await importer.import(bytes, source, memory, handOn);
    return [{ kind: "instance", instance }, false];
  } catch (error) {
    if (error instanceof SpoolError) return [{ kind: "unwritable", cause: error.message }, false];
    return [{ kind: "failure", failure: describeFailure(error) }, !isHarmless(error)];
  }
}

/** V8 releases the pages of a heap some seconds after its thread has ended, and rarely before. */
const isHeapLarge = (): boolean => getHeapStatistics().total_heap_size > LARGE_HEAP;
const LARGE_HEAP = 64 * 2 ** 20;

/**
 * V8 may end the entire process if a thread exhausts its heap at the wrong moment, so a file must never come
 * near that. Measured: up to 640 bytes for an element.
 */
function maxElements(): number {
  const { maxOldGenerationSizeMb = Infinity } = resourceLimits;
  return maxOldGenerationSizeMb * 1_024;
}

function post(reply: WorkerReply): void {
  const bytes = reply.kind === "instance" ? [reply.instance.head.buffer, reply.instance.text.buffer] : [];
  parentPort?.postMessage(reply, bytes);
}

const isExpected = (error: unknown): error is Error =>
  error instanceof DicomError || error instanceof PixelError;

const isHarmless = (error: unknown): boolean => isExpected(error) || error instanceof FrameTooLarge;

/** An error that the file causes belongs to the file, any other to the emulator. */
function describeFailure(error: unknown): FileFailure {
  if (isExpected(error)) return { exceptionType: "ValidationException", message: error.message };
  const cause = errorMessage(error);
  return {
    exceptionType: "InternalServerException",
    message: toMessage(`The file could not be processed: ${cause}`),
  };
}
