import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { paginateSearchImageSets } from "@aws-sdk/client-medical-imaging";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createActive, framesOf, openClients, readVersion } from "../../../test/crash/client.ts";
import { Random } from "../../../test/crash/random.ts";
import { startServer, type Server } from "../../../test/crash/server.ts";
import { scaled } from "../../../test/setup/timeouts.ts";
import { BODY_BOMBS } from "./bodies.ts";
import { CONNECTION_BOMBS } from "./connections.ts";
import { FILE_BOMBS } from "./files.ts";
import { FOLDER_BOMBS } from "./folders.ts";
import { Target, type Bomb } from "./target.ts";
import { LightClient } from "../light-client.ts";
import { figuresOf, figuresOfFolder, type FolderFigures, type ProcessFigures } from "../process-figures.ts";

/** Memory after each bomb, relative to that of an idle emulator: see `openRange`. */
const MAX_TIMES_IDLE = 1.3;
/** The longest call of the light client. */
const MAX_CALL_MS = scaled(2_000);
/** In which memory, threads and open files are back. */
const RECOVERY_MS = scaled(10_000);
/** How long the light client is watched after each bomb at least. */
const OBSERVED_MS = 1_000;
/** Connections that the soak itself keeps open. */
const MAX_LEFT_OPEN = 20;
/**
 * How many files one bomb may leave on the disk: a job's documents and reports, and an image set if it is
 * imported.
 */
const MAX_LEFT_FILES = 30;
const MAX_LEFT_BYTES = 64 * 2 ** 20;
/** A fixed limit, so that the figures do not depend on the machine: enough for one frame of 256 MiB. */
const FLAGS = ["--import-memory", "1536MiB"];

const BOMBS: readonly Bomb[] = [...FILE_BOMBS, ...BODY_BOMBS, ...CONNECTION_BOMBS, ...FOLDER_BOMBS];

/** How many there are. */
export const ALL_BOMBS = BOMBS.length;

/**
 * Measures what small inputs cost a server in use, round after round, each in an order that the seed
 * determines.
 */
export async function soakBombs(count: number, seed: number): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-bombs-"));
  const data = join(folder, "data");
  const server = await startServer(data, ...FLAGS);
  try {
    const range = await openRange(server, data);
    const wrong: string[] = [];
    const random = new Random(seed);
    const rounds = Array.from({ length: Math.ceil(count / BOMBS.length) }, () => shuffled(BOMBS, random));
    const bombs = rounds.flat().slice(0, count);
    for (const bomb of bombs) {
      const found = await range.explode(bomb);
      wrong.push(...found.map((text) => `${bomb.name}: ${text}`));
      if (!range.isAlive()) break;
    }
    await range.close();
    wrong.push(...server.said.filter((line) => /InternalServerException|\bat .*:\d+:\d+/.test(line)));
    process.stdout.write(`bombs: ${bombs.length}, seed ${seed}: ${wrong.length} things wrong\n`);
    for (const text of wrong) process.stdout.write(`  ${text}\n`);
    return wrong.length === 0;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fisher and Yates's. */
function shuffled<T>(values: readonly T[], random: Random): T[] {
  const left = [...values];
  return values.flatMap(() => left.splice(random.below(left.length), 1));
}

/**
 * Imports two small files, which the light client reads. Idle is the emulator right after that: its workers wait for
 * the next file. It must have as few threads and open files as when these workers have ended.
 */
async function openRange(server: Server, data: string): Promise<Range> {
  const datastoreId = await createActive(server.url, "bombs");
  const target = new Target(server, data, datastoreId);
  await target.importFiles("small", ...createSampleSeries(2).map(({ bytes }) => bytes));
  const { residentBytes } = figuresOf(server.pid);
  const clients = openClients(server.url, datastoreId);
  const pages = paginateSearchImageSets({ client: clients.medicalImaging }, { datastoreId });
  const [page] = await Array.fromAsync(pages);
  const imageSetId = page?.imageSetsMetadataSummaries?.[0]?.imageSetId ?? "";
  const [imageFrameId = ""] = framesOf((await readVersion(clients, imageSetId, "1")).document);
  clients.medicalImaging.destroy();
  const client = await LightClient.start({ url: server.url, datastoreId, imageSetId, imageFrameId });
  while (!(await codecOf(target)).startsWith("0 of ")) await delay(250);
  return new Range(target, client, data, { ...figuresOf(server.pid), residentBytes });
}

const codecOf = async ({ control }: Target): Promise<string> =>
  (await control.health()).parts["codec"]?.detail ?? "";

/** An emulator, and what it needs when nothing happens to it. */
class Range {
  readonly #target: Target;
  readonly #client: LightClient;
  readonly #data: string;
  readonly #idle: ProcessFigures;

  constructor(target: Target, client: LightClient, data: string, idle: ProcessFigures) {
    this.#target = target;
    this.#client = client;
    this.#data = data;
    this.#idle = idle;
  }

  isAlive(): boolean {
    try {
      return process.kill(this.#target.server.pid, 0);
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#client.stop();
    this.#target.close();
  }

  /** @returns what is not as it should be */
  async explode({ name, expected, throwAt }: Bomb): Promise<string[]> {
    await this.#client.report();
    const filesBefore = await figuresOfFolder(this.#data);
    const begin = performance.now();
    const answered = await throwAt(this.#target).catch((error: unknown) => `no answer: ${String(error)}`);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    const wrong = expected.test(answered) ? [] : [`expected ${expected}, got ${answered}`];
    if (!this.isAlive()) return [...wrong, "the process is gone"];
    wrong.push(...(await this.#recover(`${name}: ${seconds} s`)), ...(await this.#checkHealth()));
    const filesAfter = await figuresOfFolder(this.#data);
    return [...wrong, ...checkFiles(filesBefore, filesAfter)];
  }

  async #recover(said: string): Promise<string[]> {
    const begin = performance.now();
    const passedMs = (): number => performance.now() - begin;
    const isBack = (): boolean => this.#excess().length === 0;
    while (passedMs() < OBSERVED_MS || (passedMs() < RECOVERY_MS && !isBack())) await delay(250);
    const { milliseconds, failures } = await this.#client.report();
    const sorted = milliseconds.toSorted((a, b) => a - b);
    const longest = sorted.at(-1) ?? Infinity;
    const figures = figuresOf(this.#target.server.pid);
    const ratio = figures.residentBytes / this.#idle.residentBytes;
    process.stdout.write(
      `  ${said}; ${sorted.length} calls beside it, p99 ${percentile(sorted, 0.99).toFixed(1)} ms, longest ${longest.toFixed(0)} ms; ` +
        `memory ${ratio.toFixed(2)} of idle after ${((performance.now() - begin) / 1000).toFixed(1)} s\n`,
    );
    return [
      ...this.#excess(),
      ...(longest < MAX_CALL_MS ? [] : [`a call took ${longest.toFixed(0)} ms`]),
      ...new Set(failures),
    ];
  }

  /** What has grown beyond its initial number. */
  #excess(): string[] {
    const { residentBytes, threads, openFiles } = figuresOf(this.#target.server.pid);
    const idle = this.#idle;
    const ratio = residentBytes / idle.residentBytes;
    return [
      ...(ratio < MAX_TIMES_IDLE ? [] : [`memory is ${ratio.toFixed(2)} of what it was`]),
      ...(threads <= idle.threads ? [] : [`${threads - idle.threads} threads are left`]),
      ...(openFiles <= idle.openFiles + MAX_LEFT_OPEN
        ? []
        : [`${openFiles - idle.openFiles} files are left open`]),
    ];
  }

  async #checkHealth(): Promise<string[]> {
    const { status, parts } = await this.#target.control.health();
    return status === "ok" ? [] : [`health is ${status}: ${JSON.stringify(parts)}`];
  }
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;

function checkFiles(before: FolderFigures, after: FolderFigures): string[] {
  const [files, bytes] = [after.files - before.files, after.bytes - before.bytes];
  return files <= MAX_LEFT_FILES && bytes <= MAX_LEFT_BYTES
    ? []
    : [`${files} files of ${bytes} bytes are left on the disk`];
}
