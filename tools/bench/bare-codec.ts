import { parentPort, workerData } from "node:worker_threads";
import { loadCodec } from "../../src/pixels/codec.ts";
import { decompositionCount } from "../../src/pixels/resolution-levels.ts";

/** A worker that encodes and decodes a frame as often as it is told: the least that an import must do. */
const { frame, side, bitsStored } = workerData as { frame: Int16Array; side: number; bitsStored: number };
const codec = await loadCodec();
const image = {
  width: side,
  height: side,
  componentCount: 1,
  bitsPerSample: bitsStored,
  isSigned: true,
  bytes: new Uint8Array(frame.buffer),
};

/** @returns how long encoding alone took, in milliseconds */
function work(times: number): number {
  let encodingMs = 0;
  for (let i = 0; i < times; i++) {
    const begin = performance.now();
    const codestream = codec.encode(image, decompositionCount(side, side));
    encodingMs += performance.now() - begin;
    codec.decode(codestream, 0);
  }
  return encodingMs;
}

work(10);
parentPort?.on("message", (times: number) => parentPort?.postMessage(work(times), []));
parentPort?.postMessage("ready", []);
