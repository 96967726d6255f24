import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { watch } from "../against/import-subjects.ts";
import type { CodecRun } from "../bare-codec.ts";
import { showBeside } from "../bare.ts";
import { compile } from "../compile.ts";
import { BITS_STORED, createCtFiles } from "../ct-files.ts";
import type { Effort } from "../effort.ts";
import { Emulator } from "../emulator.ts";
import { makeFolder } from "../folders.ts";
import { thisTree } from "../trees.ts";
import { show } from "../figures.ts";
import type { Contestant } from "../in-turn.ts";
import { ask, start, stop, type Started } from "../processes.ts";
import { median } from "../ratio.ts";

const SIDE = 512;
const FILES = 300;
const WORKERS = Math.min(availableParallelism(), 8);

/** A whole import against a bare loop of the codec on the same frames, in as many threads. */
export async function benchImport(effort: Effort): Promise<void> {
  const { frame, file } = createCtFiles(SIDE);
  const count = effort.count(FILES, 4);
  const tree = await thisTree();
  const encoding: number[] = [];
  const name = `${count} files of ${SIDE}x${SIDE}`;
  const bare = async (): Promise<Contestant> => {
    const codec = await startCodec();
    const work = () => runCodec(codec, count, encoding);
    return { measure: () => watch(name, codec.pid, work), close: () => stop(codec) };
  };
  const ours = async (): Promise<Contestant> => {
    const emulator = await Emulator.open(tree);
    await emulator.fill("ct", count, file);
    const work = () => emulator.importAll("ct");
    return { measure: () => watch(name, emulator.pid, work), close: () => emulator.close() };
  };
  const options = { rounds: effort.rounds(7), isFresh: true };
  await showBeside("bare codec", [bare, ours], options, `${WORKERS} workers`);
  show("  the codec's encoding alone, one thread", `${median(encoding).toFixed(2)} ms a frame`);
  show("  native ojph_compress, as it says itself", await benchNative(frame, effort.count(15, 1)));
}

const startCodec = async (): Promise<Started> => {
  const program = await compile(new URL("../bare-codec.ts", import.meta.url));
  return start([program, String(SIDE), String(WORKERS)], { hasChannel: true });
};

async function runCodec(codec: Started, frames: number, encoding: number[]): Promise<number> {
  const { elapsedMs, encodingMs } = await ask<CodecRun>(codec, { frames });
  encoding.push(encodingMs);
  return elapsedMs;
}

async function benchNative(frame: Int16Array, rounds: number): Promise<string> {
  const folder = await makeFolder();
  const image = join(folder, "frame.pgm");
  const offset = 2 ** (BITS_STORED - 1);
  const samples = Buffer.from(Uint16Array.from(frame, (sample) => sample + offset).buffer).swap16();
  await writeFile(image, Buffer.concat([Buffer.from(`P5\n${SIDE} ${SIDE}\n${2 * offset - 1}\n`), samples]));
  const times: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
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
