import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { errorMessage } from "../../api/error-message.ts";
import type { ImageFrameDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import type { Clock } from "../../domain/time/clock.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import { keepWasmCode } from "../workers/wasm-code.ts";
import type { DecodingReply, DecodingRequest } from "./decode-in-thread.ts";

interface DecoderPoolOptions {
  /** How many frames are decoded at once: by default one for each core, at most 8. */
  readonly size: number;
  /** Real time, also if the emulator's clock is moved. */
  readonly clock: Clock;
  /** How long a thread stays without work. */
  readonly idleMs: number;
}

/** Decodes stored frames in the background. */
export interface FrameDecoder {
  /** How many frames are decoded at once. */
  readonly size: number;
  /**
   * The samples of a stored frame, as wide as BitsAllocated, checked against the checksum that the import stored.
   * @param codestream is copied
   * @throws Error if the stored frame has changed
   */
  decode(codestream: Uint8Array, frame: ImageFrameDocument): Promise<Uint8Array>;
  /** Takes samples back that nobody reads: the next frame of that size needs no new memory. */
  takeBack(samples: Uint8Array): void;
}

/** Less is not worth it, and may be a part of memory that buffers share. */
const LEAST_TAKEN_BACK = 64 * 1024;

interface Decoding {
  readonly request: Pick<DecodingRequest, "codestream" | "frame">;
  readonly resolve: (samples: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Where it reads codestreams: a message would copy each of them twice, to new memory. */
  codestreams: SharedArrayBuffer;
  current: Decoding | undefined;
  /** Stops its idle timer. */
  keep: () => void;
}

/**
 * Threads that decode stored frames, one frame each at a time, shared by the emulators of a process: a decoded frame
 * never holds up other requests. A thread is started for a frame that finds none idle, ends after 5 seconds without
 * work, and lets the process exit while it has none.
 */
export class DecoderPool implements FrameDecoder {
  readonly #entry: URL;
  readonly #options: DecoderPoolOptions;
  readonly #waiting: Decoding[] = [];
  readonly #threads = new Set<Thread>();
  /** Memory of frames that were sent. */
  readonly #free: ArrayBuffer[] = [];

  /** @param entry the script of a worker */
  constructor(entry: URL, options: Partial<DecoderPoolOptions> = {}) {
    this.#entry = entry;
    const size = Math.min(availableParallelism(), 8);
    this.#options = { size, clock: systemClock, idleMs: 5_000, ...options };
  }

  get size(): number {
    return this.#options.size;
  }

  /** How many threads are running, busy or idle. */
  get threads(): number {
    return this.#threads.size;
  }

  decode(codestream: Uint8Array, frame: ImageFrameDocument): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: { codestream, frame }, resolve, reject });
      this.#dispatch();
    });
  }

  takeBack({ buffer, byteLength }: Uint8Array): void {
    if (byteLength < LEAST_TAKEN_BACK || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer))
      return;
    if (this.#free.length < this.#options.size) this.#free.push(buffer);
  }

  /** Memory of another size is given to the collector: the frames of a series have one size. */
  #memoryFor({ FrameSizeInBytes }: ImageFrameDocument): ArrayBuffer | undefined {
    const free = this.#free.pop();
    return free?.byteLength === FrameSizeInBytes ? free : undefined;
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread =
        [...this.#threads].findLast(({ current }) => current === undefined) ?? this.#tryToStart();
      if (thread === undefined) return;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#begin(thread, next);
    }
  }

  #begin(thread: Thread, decoding: Decoding): void {
    thread.keep();
    thread.current = decoding;
    thread.worker.ref();
    const { codestream, frame } = decoding.request;
    const into = this.#memoryFor(frame);
    const request: DecodingRequest = { kind: "decode", codestream: share(thread, codestream), frame, into };
    thread.worker.postMessage(request, into === undefined ? [] : [into]);
  }

  /** If the system refuses to start a thread, frames wait for others; if there are none, they fail. */
  #tryToStart(): Thread | undefined {
    if (this.#threads.size >= this.#options.size) return undefined;
    try {
      return this.#start();
    } catch (error) {
      if (this.#threads.size === 0)
        this.#waiting.shift()?.reject(new Error(`a thread cannot be started: ${errorMessage(error)}`));
      return undefined;
    }
  }

  #start(): Thread {
    keepWasmCode();
    // Without the flags of the process: one such as --input-type would end every worker at its start.
    const worker = new Worker(this.#entry, { execArgv: [] });
    const codestreams = new SharedArrayBuffer(0);
    const thread: Thread = { worker, codestreams, current: undefined, keep: () => {} };
    this.#threads.add(thread);
    worker.unref();
    worker.on("message", (reply: DecodingReply) => this.#finish(thread, reply));
    worker.on("error", (error) => this.#forget(thread, errorMessage(error)));
    worker.on("exit", () => this.#forget(thread, "it stopped"));
    return thread;
  }

  #finish(thread: Thread, reply: DecodingReply): void {
    const { current } = thread;
    thread.current = undefined;
    thread.worker.unref();
    // The codec's memory never shrinks: after a huge frame a new thread is cheaper.
    if (reply.isWornOut) this.#end(thread);
    else thread.keep = this.#options.clock.schedule(this.#options.idleMs, () => this.#end(thread));
    if (reply.kind === "decoded") current?.resolve(reply.samples);
    else current?.reject(new Error(reply.message));
    this.#dispatch();
  }

  #end(thread: Thread): void {
    this.#threads.delete(thread);
    if (this.#threads.size === 0) this.#free.length = 0;
    void thread.worker.terminate();
  }

  #forget(thread: Thread, cause: string): void {
    thread.keep();
    this.#threads.delete(thread);
    thread.current?.reject(
      new Error(`the thread that decoded image frame ${thread.current.request.frame.ID} died: ${cause}`),
    );
    thread.current = undefined;
    this.#dispatch();
  }
}

/** A copy in the memory that a thread shares. The thread has no other frame meanwhile. */
function share(thread: Thread, codestream: Uint8Array): Uint8Array {
  const { length } = codestream;
  // The codestreams of a series differ a little in their lengths.
  if (thread.codestreams.byteLength < length)
    thread.codestreams = new SharedArrayBuffer(Math.ceil(length * 1.25));
  const shared = new Uint8Array(thread.codestreams, 0, length);
  shared.set(codestream);
  return shared;
}
