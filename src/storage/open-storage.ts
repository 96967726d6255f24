import { access, constants, mkdir, mkdtemp, rm } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { MeasuredBlobs } from "../domain/blobs.ts";
import type { Log } from "../domain/log.ts";
import type { State } from "../domain/state.ts";
import { writeWhole } from "./atomic-file.ts";
import { CachedBlobs } from "./cached-blobs.ts";
import { DiskBlobs } from "./disk-blobs.ts";
import { lockFolder } from "./folder-lock.ts";
import { LowdbState } from "./lowdb-state.ts";
import { MemoryState } from "./memory-state.ts";

/** What a stopped process left there belongs to nobody. */
const SPOOL = ".spool";

export interface Storage {
  readonly state: State;
  readonly blobs: MeasuredBlobs;
  /** Absolute; the buckets are in its folder `s3`. */
  readonly folder: string;
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
  return folder === undefined ? openTemporary() : openFolder(resolve(folder), log);
}

async function openFolder(folder: string, log: Log): Promise<Storage> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  await writeWhole(join(folder, ".probe"), "");
  await rm(join(folder, ".probe"));
  const unlock = await lockFolder(folder);
  const state = await openState(folder, log).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
  const { check, ...storage } = describe(folder, state);
  const checkAll = async (): Promise<void> => {
    await check();
    if (state.unwritten > 0) throw new Error(`${state.unwritten} documents could not be written`);
  };
  const close = async (): Promise<void> => {
    try {
      await state.durable();
    } finally {
      await unlock();
    }
  };
  return { ...storage, check: checkAll, close };
}

async function openState(folder: string, log: Log): Promise<LowdbState> {
  await rm(join(folder, SPOOL), { recursive: true, force: true });
  await mkdir(join(folder, SPOOL));
  return LowdbState.open(folder, log);
}

async function openTemporary(): Promise<Storage> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", remove);
  await mkdir(join(folder, SPOOL));
  const close = async (): Promise<void> => {
    process.off("exit", remove);
    remove();
  };
  return { ...describe(folder, new MemoryState()), close };
}

const describe = (folder: string, state: State): Omit<Storage, "close"> => ({
  state,
  blobs: new CachedBlobs(new DiskBlobs(folder)),
  folder,
  spoolFolder: join(folder, SPOOL),
  check: () => access(folder, constants.W_OK),
});
