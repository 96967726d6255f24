import { rmdirSync, unlinkSync } from "node:fs";
import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { latestVersion } from "../../domain/image-sets/image-set.ts";
import { NEXT_JOB_STATUS } from "../../domain/import-jobs/import-job.ts";
import type { State } from "../../domain/state.ts";
import { isBeingWritten } from "../files/atomic-file.ts";
import { isMissing } from "../files/errno-messages.ts";
import { OwnFolders } from "../files/own-folders.ts";
import type { DiskBlobs } from "../blobs/disk-blobs.ts";
import { RECORD_ENDING } from "../documents/document-paths.ts";

/** With more frames in a data store, orphans are not searched for: that would need too much memory. */
const MAX_FRAMES = 1_000_000;

interface OrphanCleanupDependencies {
  /** Files of the generation. */
  readonly root: string;
  readonly state: State;
  readonly blobs: DiskBlobs;
  /** Stops the clean-up. */
  readonly signal: AbortSignal;
}

/**
 * Deletes what a killed process left: frames and metadata that nothing refers to, drafts of imports, files
 * that were never renamed. It keeps what is written from now on (resumed work makes new files, or writes the
 * same again), unknown files, and what a damaged document may refer to. One file at a time, so that requests
 * do not wait for it.
 * @returns whether it was complete
 */
export async function removeOrphans(parts: OrphanCleanupDependencies): Promise<boolean> {
  const { state, root, blobs, signal } = parts;
  const stop = blobs.rememberWrites();
  try {
    await removeTemporaryFiles(parts, join(root, "datastores", ".commits"));
    for (const { datastoreId } of state.datastores.values()) await clearDatastore(parts, datastoreId);
    return !signal.aborted;
  } finally {
    stop();
  }
}

async function clearDatastore(parts: OrphanCleanupDependencies, datastoreId: string): Promise<void> {
  const folder = join(parts.root, "datastores", datastoreId);
  for (const name of [".", "import-jobs", "client-tokens"])
    await removeTemporaryFiles(parts, join(folder, name));
  await clearRecords(parts, join(folder, "import-jobs"));
  let isAnyDamaged = false;
  for await (const { name } of entriesOf(parts, join(folder, "image-sets")))
    if (await clearImageSet(parts, datastoreId, name)) isAnyDamaged = true;
  if (!isAnyDamaged) await clearFrames(parts, datastoreId);
}

/** @returns whether there is a damaged document; its files and frames are then kept */
async function clearImageSet(
  parts: OrphanCleanupDependencies,
  datastoreId: string,
  imageSetId: string,
): Promise<boolean> {
  const place = `datastores/${datastoreId}/image-sets/${imageSetId}`;
  const names = (await Array.fromAsync(entriesOf(parts, join(parts.root, place)))).map(({ name }) => name);
  const isKnown = parts.state.imageSets.get(imageSetId) !== undefined;
  const isDamaged = names.some(
    (name) => name.endsWith(".damaged") || (name === "image-set.json" && !isKnown),
  );
  if (isDamaged || parts.signal.aborted) return true;
  for (const name of names) {
    if (isTemporaryFile(name)) removeUnwritten(parts, `${place}/${name}`);
    else if (
      /^(metadata|draft)-\d+\.json$/.test(name) &&
      !isReferredTo(parts, imageSetId, `${place}/${name}`)
    )
      removeUnwritten(parts, `${place}/${name}`);
  }
  if (!isKnown && !parts.blobs.hasWrittenBelow(place)) removeEmpty(join(parts.root, place));
  return false;
}

/** A deleted image set still lists what it had. */
function isReferredTo({ state }: OrphanCleanupDependencies, imageSetId: string, key: string): boolean {
  const imageSet = state.imageSets.get(imageSetId);
  if (imageSet === undefined || latestVersion(imageSet).imageSetState === "DELETED") return false;
  return imageSet.versions.some(({ metadataKey }) => metadataKey === key);
}

async function clearFrames(parts: OrphanCleanupDependencies, datastoreId: string): Promise<void> {
  const place = `datastores/${datastoreId}/frames`;
  // Files that are referred to later are written later, or are already referred to: only a copy shares a
  // frame.
  const referredTo = new Set<string>();
  for (const { frameIds } of parts.state.imageSets.inDatastore(datastoreId)) {
    if (referredTo.size > MAX_FRAMES) return;
    for (const frameId of frameIds) referredTo.add(frameId);
  }
  for await (const { name } of entriesOf(parts, join(parts.root, place))) {
    const frameId = /^([0-9a-f]{32})\.jhc$/.exec(name)?.[1];
    if (isTemporaryFile(name) || (frameId !== undefined && !referredTo.has(frameId)))
      removeUnwritten(parts, `${place}/${name}`);
  }
}

/** The record of a job that has ended meanwhile. */
async function clearRecords(parts: OrphanCleanupDependencies, folder: string): Promise<void> {
  for await (const { name } of entriesOf(parts, folder)) {
    if (!name.endsWith(RECORD_ENDING)) continue;
    const job = parts.state.importJobs.get(name.slice(0, -RECORD_ENDING.length));
    if (job === undefined || NEXT_JOB_STATUS[job.jobStatus].length === 0) remove(join(folder, name));
  }
}

async function removeTemporaryFiles(parts: OrphanCleanupDependencies, folder: string): Promise<void> {
  for await (const { name } of entriesOf(parts, folder)) {
    const path = join(folder, name);
    if (isTemporaryFile(name) && !isBeingWritten(path)) remove(path);
  }
}

/** Synchronous with the check whether it is being written, so that no write starts in between. */
function removeUnwritten({ root, blobs }: OrphanCleanupDependencies, key: string): void {
  const path = join(root, key);
  if (!blobs.hasWritten(key) && !isBeingWritten(path)) remove(path);
}

const isTemporaryFile = (name: string): boolean => /^\..+\.tmp$/.test(name);

/** A file that cannot be deleted stays: it is harmless. */
function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {}
}

async function* entriesOf(
  { signal, root }: OrphanCleanupDependencies,
  folder: string,
): AsyncGenerator<{ readonly name: string }> {
  new OwnFolders(root).require(folder);
  try {
    for await (const entry of await opendir(folder)) {
      if (signal.aborted) return;
      yield entry;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
