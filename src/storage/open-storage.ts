import { access, mkdir, rm } from "node:fs/promises";
import { constants, mkdirSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Log } from "../domain/log.ts";
import { writeWhole } from "./atomic-file.ts";
import { CachedBlobs } from "./cached-blobs.ts";
import { DiskBlobs } from "./disk-blobs.ts";
import {
  generationFiles,
  generationFolder,
  findGenerations,
  type Generation,
  type GenerationContent,
} from "./generation.ts";
import { lockFolder } from "./folder-lock.ts";
import { openFormat } from "./folder-format.ts";
import { LowdbState } from "./lowdb-state.ts";
import { MemoryState } from "./memory-state.ts";
import { Removals } from "./removals.ts";
import { openTemporaryFolder } from "./temporary-folder.ts";
import { putStopMark, takeStopMark, Tidying } from "./tidying.ts";
import { Snapshots } from "./snapshots.ts";

/** What a stopped process left there belongs to nobody. */
const SPOOL = ".spool";

export interface Storage {
  /** Absolute; the buckets are in its folder `s3`. */
  readonly folder: string;
  /** The generation that it was opened in. */
  readonly generation: Generation;
  /** Begins the next generation, in one step: whoever opens the folder from now on finds that one. */
  readonly beginGeneration: (content?: GenerationContent) => Generation;
  readonly snapshots: Snapshots;
  /** Deletes a folder behind the back, or a link. */
  readonly remove: (path: string) => void;
  /** For files on their way to be blobs: there is nothing in it at the start. */
  readonly spoolFolder: string;
  /** Throws where it cannot be written to, or something could not. */
  readonly check: () => Promise<void>;
  /** Waits until everything is kept; a temporary folder goes. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the storage in `folder`, or, where that is undefined, in memory and a temporary folder that
 * is gone when the process is.
 * @throws the system's error where the folder cannot be made or written to; FolderInUse
 */
export async function openStorage(folder: string | undefined, log: Log): Promise<Storage> {
  return folder === undefined ? openTemporary(log) : openFolder(resolve(folder), log);
}

async function openFolder(folder: string, log: Log): Promise<Storage> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  await writeWhole(join(folder, ".probe"), "");
  await rm(join(folder, ".probe"));
  const unlock = await lockFolder(folder);
  const removals = new Removals(log);
  try {
    await openFormat(folder);
    await emptySpool(folder);
    const wasStopped = await takeStopMark(folder);
    const { current, past } = await findGenerations(folder);
    for (const number of past) removals.start(generationFiles(folder, number));
    const generation = await openGeneration(folder, current, log, removals);
    const tidying = new Tidying(generation, generationFolder(folder, current), log, wasStopped);
    return keepOnDisk({ folder, log, removals, unlock, tidying }, generation);
  } catch (error) {
    await removals.stop();
    await unlock();
    throw error;
  }
}

type GenerationOnDisk = Generation & { readonly state: LowdbState; readonly files: DiskBlobs };

async function openGeneration(
  folder: string,
  number: number,
  log: Log,
  removals: Removals,
): Promise<GenerationOnDisk> {
  const state = await LowdbState.open(generationFolder(folder, number), log);
  const generation = generationOnDisk(folder, number, state, removals);
  for (const datastoreId of state.dropped) generation.removeDatastore(datastoreId);
  return generation;
}

const generationOnDisk = (
  folder: string,
  number: number,
  state: LowdbState,
  removals: Removals,
): GenerationOnDisk => ({
  ...describe(folder, number, removals),
  state,
  seal: () => state.seal(),
});

interface OnDisk {
  readonly folder: string;
  readonly log: Log;
  readonly removals: Removals;
  readonly unlock: () => Promise<void>;
  readonly tidying: Tidying;
}

function keepOnDisk(
  { folder, log, removals, unlock, tidying }: OnDisk,
  generation: GenerationOnDisk,
): Storage {
  let current = generation;
  const beginGeneration = (content?: GenerationContent): Generation => {
    const number = current.number + 1;
    const root = generationFolder(folder, number);
    // At once: an asynchronous one would stand in line behind all that is being written.
    if (content === undefined) mkdirSync(root);
    else renameSync(content.folder, root);
    current = generationOnDisk(folder, number, LowdbState.begin(root, log, content?.documents), removals);
    return current;
  };
  const check = async (): Promise<void> => {
    await access(folder, constants.W_OK);
    const { unwritten } = current.state;
    if (unwritten > 0) throw new Error(`${unwritten} documents could not be written`);
  };
  const close = async (): Promise<void> => {
    try {
      const [isTidy] = await Promise.all([tidying.stop(), removals.stop()]);
      await current.state.durable();
      if (isTidy) await putStopMark(folder);
    } finally {
      await unlock();
    }
  };
  const remove = (path: string): void => removals.start(path);
  const spoolFolder = join(folder, SPOOL);
  const snapshots = new Snapshots({ folder, spoolFolder, isOnDisk: true, log });
  return { folder, spoolFolder, generation, beginGeneration, snapshots, remove, check, close };
}

/** What a process left there that was killed. */
async function emptySpool(folder: string): Promise<void> {
  await rm(join(folder, SPOOL), { recursive: true, force: true });
  await mkdir(join(folder, SPOOL));
}

/** Synchronous: to load node:fs/promises for two folders would take longer than all the rest. */
function openTemporary(log: Log): Storage {
  const { folder, remove } = openTemporaryFolder();
  mkdirSync(join(folder, SPOOL));
  const removals = new Removals(log);
  let number = 0;
  const open = (): Generation & { readonly state: MemoryState } => ({
    ...describe(folder, number, removals),
    state: new MemoryState(),
    seal: () => {},
  });
  const beginGeneration = (content?: GenerationContent): Generation => {
    const root = generationFolder(folder, number + 1);
    if (content === undefined) mkdirSync(root);
    else renameSync(content.folder, root);
    number += 1;
    const begun = open();
    begun.state.load(content?.documents ?? []);
    return begun;
  };
  const close = async (): Promise<void> => {
    await removals.stop();
    remove();
  };
  const removeBehind = (path: string): void => removals.start(path);
  const spoolFolder = join(folder, SPOOL);
  return {
    folder,
    spoolFolder,
    generation: open(),
    beginGeneration,
    snapshots: new Snapshots({ folder, spoolFolder, isOnDisk: false, log }),
    remove: removeBehind,
    check: () => access(folder, constants.W_OK),
    close,
  };
}

const describe = (
  folder: string,
  number: number,
  removals: Removals,
): Omit<Generation, "state" | "seal"> & { readonly files: DiskBlobs } => {
  const files = new DiskBlobs(generationFolder(folder, number));
  return {
    number,
    folder: generationFolder(folder, number),
    files,
    blobs: new CachedBlobs(files),
    remove: () => removals.start(generationFiles(folder, number)),
    removeDatastore: (datastoreId) =>
      removals.start(join(generationFolder(folder, number), "datastores", datastoreId)),
  };
};
