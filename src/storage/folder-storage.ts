import { errorMessage } from "../api/error-message.ts";
import { diskReasonOf } from "./files/errno-messages.ts";
import { constants, lstatSync, mkdirSync, renameSync } from "node:fs";
import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceRelease } from "../api/releases/service-release.ts";
import type { Log } from "../domain/log.ts";
import { writeWhole } from "./files/atomic-file.ts";
import type { DiskBlobs } from "./blobs/disk-blobs.ts";
import { FolderError } from "./folder/folder-error.ts";
import { openFormat } from "./folder/folder-format.ts";
import { lockFolder } from "./folder/folder-lock.ts";
import { refuseForeign } from "./folder/foreign-folder.ts";
import {
  filesOf,
  generationFiles,
  generationFolder,
  type Generation,
  type GenerationContent,
} from "./generation.ts";
import { Generations } from "./generations.ts";
import { JobRecordFiles } from "./documents/job-record-files.ts";
import { FileState } from "./documents/file-state.ts";
import { OwnFolders } from "./files/own-folders.ts";
import { makeFolder } from "./files/make-folder.ts";
import { refuseMount } from "./files/mounts.ts";
import type { Storage } from "./storage.ts";
import { Removals } from "./files/removals.ts";
import { Snapshots } from "./snapshots/snapshots.ts";
import { emptySpool, spoolOf } from "./files/spool.ts";
import { putStopMark, takeStopMark, BackgroundCleanup } from "./folder/background-cleanup.ts";

/** A data folder that this process has locked. */
interface Held {
  readonly folder: string;
  readonly log: Log;
  readonly removals: Removals;
  readonly generations: Generations;
}

type GenerationOnDisk = Generation & { readonly state: FileState; readonly files: DiskBlobs };

interface Opening {
  /** Whatever the folder contains. */
  readonly adoptData: boolean;
  /** That is to be served. */
  readonly serviceRelease: ServiceRelease | "any";
}

export interface FolderStorage extends Storage {
  readonly serviceRelease: ServiceRelease;
  /** The data is that of another release from now on, in one step. */
  readonly convertTo: (serviceRelease: ServiceRelease) => void;
}

export async function openFolder(
  folder: string,
  log: Log,
  { adoptData, serviceRelease }: Opening,
): Promise<FolderStorage> {
  await makeFolder(folder);
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  if (!adoptData) await refuseForeign(folder);
  await writeWhole(join(folder, ".probe"), "");
  await rm(join(folder, ".probe"));
  const unlock = await lockFolder(folder);
  const removals = new Removals(log);
  try {
    const generations = new Generations(folder, await openFormat(folder, log, serviceRelease));
    return await openHeld({ folder, log, removals, generations }, unlock);
  } catch (error) {
    await removals.stop();
    await unlock();
    throw error;
  }
}

async function openHeld(held: Held, unlock: () => Promise<void>): Promise<FolderStorage> {
  const { folder, log, generations } = held;
  generations.requireCurrent();
  const root = generationFolder(folder, generations.current);
  const own = ["snapshots", "s3", "s3-metadata"].map((name) => join(folder, name));
  for (const path of [join(root, "datastores"), ...own]) requireFolder(folder, path);
  for (const path of [root, join(root, "datastores"), spoolOf(folder)]) refuseMount(folder, path);
  await emptySpool(folder);
  const wasStopped = await takeStopMark(folder);
  for (const number of generations.past) removePast(held, number);
  generations.warnOfOthers(log);
  const state = await FileState.open(root, log);
  const generation = onDisk(held, generations.current, state);
  for (const datastoreId of state.dropped) generation.removeDatastore(datastoreId);
  const cleanup = new BackgroundCleanup(generation, root, log, wasStopped);
  return folderStorageOf(held, generation, cleanup, unlock);
}

/** @throws FolderError if something else is in its place; a missing folder is created when it is needed */
function requireFolder(root: string, path: string): void {
  new OwnFolders(root).require(path);
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new FolderError(`${path} is not a folder: move it away`);
}

const onDisk = (held: Held, number: number, state: FileState): GenerationOnDisk => ({
  ...filesOf(held.folder, number, held.removals),
  state,
  jobRecords: new JobRecordFiles(generationFolder(held.folder, number), held.log),
  seal: () => state.seal(),
  remove: () => removePast(held, number),
});

/** Deletes the files of a generation that a reset ended. */
function removePast({ folder, removals, generations }: Held, number: number): void {
  removals.start(generationFiles(folder, number), () => generations.forget(number));
}

function folderStorageOf(
  held: Held,
  generation: GenerationOnDisk,
  cleanup: BackgroundCleanup,
  unlock: () => Promise<void>,
): FolderStorage {
  const { folder, log, removals, generations } = held;
  let current = generation;
  const beginGeneration = (content?: GenerationContent): Generation => {
    // Synchronous: an asynchronous write would queue behind all others.
    const number = generations.begin((root) =>
      content === undefined ? mkdirSync(root) : renameSync(content.folder, root),
    );
    const root = generationFolder(folder, number);
    current = onDisk(held, number, FileState.begin(root, log, content?.documents));
    return current;
  };
  const check = async (): Promise<void> => {
    await access(folder, constants.W_OK);
    if (current.state.unwritten === 0) return;
    // Tries again: there may be space by now.
    await current.state.durable().catch((error: unknown) => {
      const { unwritten } = current.state;
      const documents = unwritten === 1 ? "1 document" : `${unwritten} documents`;
      const reason = diskReasonOf(error) ?? errorMessage(error);
      throw new Error(`${documents} could not be written: ${reason}`, { cause: error });
    });
  };
  const close = async (): Promise<void> => {
    try {
      const [isClean] = await Promise.all([cleanup.stop(), removals.stop()]);
      await current.state.durable();
      if (isClean) await putStopMark(folder);
    } finally {
      await unlock();
    }
  };
  const remove = (path: string): void => removals.start(path);
  const spoolFolder = spoolOf(folder);
  const { serviceRelease } = generations;
  const snapshots = new Snapshots({ folder, spoolFolder, isOnDisk: true, serviceRelease, log });
  const convertTo = (release: ServiceRelease): void => generations.convertTo(release);
  const parts = { folder, spoolFolder, generation, beginGeneration, snapshots, remove, check, close };
  return { ...parts, serviceRelease, convertTo };
}
