import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { loadCodec } from "../../src/imaging/pixels/codecs/codec.ts";
import { decompositionCount } from "../../src/imaging/pixels/htj2k/resolution-levels.ts";
import { BITS_STORED, createCtFiles } from "./ct-files.ts";
import { median } from "./ratio.ts";

/**
 * A process whose threads encode and decode a frame as often as it is told: the least that an import must do; or only
 * decode it, if the third argument is `decode`.
 * Arguments: the side of the frame in pixels, the number of threads. Messages: `{ frames }`.
 */
export interface CodecRun {
  readonly elapsedMs: number;
  /** The time for one frame in one thread. */
  readonly encodingMs: number;
}

interface Task {
  readonly side: number;
  readonly isDecoding: boolean;
}

if (isMainThread) {
  const task: Task = { side: Number(process.argv[2]), isDecoding: process.argv[4] === "decode" };
  await drive(task, Number(process.argv[3]));
} else await encode(workerData as Task);

async function drive(task: Task, threadCount: number): Promise<void> {
  const entry = new URL(import.meta.url);
  const threads = Array.from({ length: threadCount }, () => new Worker(entry, { workerData: task }));
  await Promise.all(threads.map((thread) => once(thread, "message")));
  process.on("message", ({ frames }: { frames: number }) => {
    void run(threads, Math.ceil(frames / threadCount)).then((answer) => process.send?.(answer));
  });
  process.stdout.write("READY codec\n");
}

async function run(threads: readonly Worker[], share: number): Promise<CodecRun> {
  const begin = performance.now();
  const encoding = threads.map(async (thread) => {
    thread.postMessage(share, []);
    const [milliseconds] = (await once(thread, "message")) as [number];
    return milliseconds / share;
  });
  const encodingMs = median(await Promise.all(encoding));
  return { elapsedMs: performance.now() - begin, encodingMs };
}

async function encode({ side, isDecoding }: Task): Promise<void> {
  const codec = await loadCodec();
  const { frame } = createCtFiles(side);
  const shape = { width: side, height: side, componentCount: 1, bitsPerSample: BITS_STORED, isSigned: true };
  const image = { ...shape, bytes: new Uint8Array(frame.buffer) };
  const encoded = codec.encode(image, decompositionCount(side, side)).slice();
  /** @returns how long encoding alone took, in milliseconds */
  const work = (times: number): number => {
    let encodingMs = 0;
    if (isDecoding) for (let i = 0; i < times; i++) codec.decode(encoded, 0);
    if (isDecoding) return 0;
    for (let i = 0; i < times; i++) {
      const begin = performance.now();
      const codestream = codec.encode(image, decompositionCount(side, side));
      encodingMs += performance.now() - begin;
      codec.decode(codestream, 0);
    }
    return encodingMs;
  };
  work(10);
  parentPort?.on("message", (times: number) => parentPort?.postMessage(work(times), []));
  parentPort?.postMessage("ready", []);
}
