import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { BITS_STORED, createCtFiles } from "./ct-files.ts";
import { median, show } from "./figures.ts";
import { ImportServer } from "./import-server.ts";
import { cpuMilliseconds } from "./server.ts";

const SIDE = 512;
const FILES = 300;
const ROUNDS = 5;
const WORKERS = Math.min(availableParallelism(), 8);

/** A whole import against a bare loop of the codec on the same frames, in as many threads. */
export async function benchImport(): Promise<void> {
  const { frame, file } = createCtFiles(SIDE);
  const server = await ImportServer.open();
  const bare = await BareCodec.open(frame);
  await server.fill("ct", FILES, file);
  await server.importAll("ct");
  const ours: number[] = [];
  const theirs: number[] = [];
  const ourCpu: number[] = [];
  const theirCpu: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuMilliseconds(server.started);
    ours.push(await server.importAll("ct"));
    ourCpu.push(cpuMilliseconds(server.started) - before);
    const own = process.cpuUsage();
    theirs.push(await bare.run(FILES));
    const { user, system } = process.cpuUsage(own);
    theirCpu.push((user + system) / 1000);
  }
  await server.close();
  await bare.close();
  const perFile = (milliseconds: readonly number[]): string => (median(milliseconds) / FILES).toFixed(2);
  show(
    `import of ${FILES} CT files (${SIDE}x${SIDE}, 16 bit), ${WORKERS} workers, median`,
    `${perFile(ours)} ms a file`,
  );
  show(
    "  against the bare codec encoding and decoding the frames",
    `${perFile(theirs)} ms a frame, ratio ${(median(ours) / median(theirs)).toFixed(2)}`,
  );
  show(
    "  the same in CPU time, which others on the machine disturb less",
    `${perFile(ourCpu)} ms against ${perFile(theirCpu)} ms, ratio ${(median(ourCpu) / median(theirCpu)).toFixed(2)}`,
  );
  show("  the codec's encoding alone, one thread", `${bare.encodingMs.toFixed(2)} ms a frame`);
  show("  native ojph_compress, as it says itself", await benchNative(frame));
}

/** Threads that do nothing but encode and decode. */
class BareCodec {
  readonly #workers: readonly Worker[];
  /** Of one frame. */
  encodingMs = Number.NaN;

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  static async open(frame: Int16Array): Promise<BareCodec> {
    const workerData = { frame, side: SIDE, bitsStored: BITS_STORED };
    const entry = new URL("bare-codec.ts", import.meta.url);
    const workers = Array.from({ length: WORKERS }, () => new Worker(entry, { workerData }));
    await Promise.all(workers.map((worker) => once(worker, "message")));
    return new BareCodec(workers);
  }

  /** @returns milliseconds */
  async run(frames: number): Promise<number> {
    const begin = performance.now();
    const share = Math.ceil(frames / WORKERS);
    const encoding = this.#workers.map(async (worker) => {
      worker.postMessage(share, []);
      const [milliseconds] = (await once(worker, "message")) as [number];
      return milliseconds / share;
    });
    this.encodingMs = median(await Promise.all(encoding));
    return performance.now() - begin;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

async function benchNative(frame: Int16Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-bench-"));
  const image = join(folder, "frame.pgm");
  const offset = 2 ** (BITS_STORED - 1);
  const samples = Buffer.from(Uint16Array.from(frame, (sample) => sample + offset).buffer).swap16();
  await writeFile(image, Buffer.concat([Buffer.from(`P5\n${SIDE} ${SIDE}\n${2 * offset - 1}\n`), samples]));
  const times: number[] = [];
  try {
    for (let round = 0; round < 15; round++) {
      const args = ["-i", image, "-o", join(folder, "frame.j2c"), "-reversible", "true", "-num_decomps", "3"];
      const { stdout, stderr } = await promisify(execFile)("ojph_compress", args);
      times.push(Number(/Elapsed time = ([\d.]+)/.exec(stdout + stderr)?.[1]) * 1000);
    }
    return `${median(times).toFixed(2)} ms a frame`;
  } catch {
    return "not installed";
  } finally {
    await rm(folder, { recursive: true });
  }
}
