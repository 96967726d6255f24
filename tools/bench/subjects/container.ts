import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { createGzip } from "node:zlib";
import { readFileSync } from "node:fs";
import type { Effort } from "../effort.ts";
import { show } from "../figures.ts";
import { median } from "../ratio.ts";

const IMAGE = "healthimaging-local:bench";
const BASE = /^ARG BASE_IMAGE=(.+)$/m.exec(readFileSync("Dockerfile", "utf8"))?.[1] ?? "";
const ROUNDS = 5;
const IDLE_MS = 2_000;

const docker = (...args: readonly string[]): string =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

/** The image's size beyond its base, and its start. Needs Docker and the base image. */
export async function benchContainer(effort: Effort): Promise<void> {
  if (spawnSync("docker", ["image", "inspect", BASE]).status !== 0)
    return show("the container", `skipped: no Docker, or no image ${BASE}`);
  docker("build", "--network", "host", "-t", IMAGE, ".");
  const [size, base] = [IMAGE, BASE].map((image) =>
    Number(docker("image", "inspect", "--format", "{{.Size}}", image)),
  );
  show(
    "image, what it adds to its base",
    `${megabytes((size ?? 0) - (base ?? 0))}, of ${megabytes(size ?? 0)}`,
  );
  const [packed, packedBase] = [await compressedBytes(IMAGE, effort), await compressedBytes(BASE, effort)];
  show("  compressed", `${megabytes(packed - packedBase)}, of ${megabytes(packed)}`);
  const starts: number[] = [];
  const bare: number[] = [];
  let memory = "";
  for (let round = 0; round < effort.rounds(ROUNDS); round++) {
    bare.push(await startToReady(BASE, "node", "-e", 'console.log("READY"); setInterval(() => {}, 1000)'));
    starts.push(
      await startToReady(IMAGE, (id) => {
        if (round === 0) memory = memoryOf(id);
      }),
    );
  }
  show(
    "docker run to READY, median",
    `${median(starts).toFixed(0)} ms, ${(median(starts) / median(bare)).toFixed(2)} of a container that only prints it`,
  );
  show("idle memory of the container", memory);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function memoryOf(container: string): string {
  spawnSync(process.execPath, ["-e", `setTimeout(() => {}, ${IDLE_MS})`]);
  return docker("stats", "--no-stream", "--format", "{{.MemUsage}}", container).split(" ")[0] ?? "";
}

/** As a registry would store it; the small form compresses less, which is faster. */
async function compressedBytes(image: string, effort: Effort): Promise<number> {
  const { stdout } = spawn("docker", ["save", image], { stdio: ["ignore", "pipe", "ignore"] });
  let bytes = 0;
  for await (const chunk of stdout.pipe(
    createGzip({ level: effort.count(6, 1) }),
  ) as AsyncIterable<Uint8Array>)
    bytes += chunk.length;
  return bytes;
}

type Look = (container: string) => void;

async function startToReady(image: string, ...command: readonly (string | Look)[]): Promise<number> {
  const begin = performance.now();
  const args = command.filter((part) => typeof part === "string");
  const child = spawn("docker", ["run", "--rm", "--name", "healthimaging-local-bench", image, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith("READY")) break;
  const milliseconds = performance.now() - begin;
  for (const look of command) if (typeof look === "function") look("healthimaging-local-bench");
  docker("rm", "--force", "healthimaging-local-bench");
  return milliseconds;
}
