import { existsSync } from "node:fs";
import { join } from "node:path";
import { LATEST_RELEASE, type ServiceRelease } from "../api/releases/service-release.ts";
import { markPrimaries } from "../domain/image-sets/primary-image-sets.ts";
import type { ImageSet } from "../domain/image-sets/image-set.ts";
import type { Log } from "../domain/log.ts";
import type { StoredDocument } from "./documents/stored-documents.ts";
import { openFolder, type FolderStorage } from "./folder-storage.ts";
import { FolderError } from "./folder/folder-error.ts";

/** What was converted, and what it is now. */
export interface Conversion {
  readonly serviceRelease: ServiceRelease;
  /** Whether the folder was of an older release. */
  readonly isConverted: boolean;
  readonly imageSets: number;
  readonly primaryImageSets: number;
  /** The converted snapshots, by name. */
  readonly snapshots: readonly string[];
}

/**
 * Converts a data folder and its snapshots to the newest release. What names a release is written last and in one
 * step, and older releases do not show what is written before: a process that is killed leaves the old or the new.
 * It may be repeated any number of times.
 * @throws FolderError, FolderInUse, SnapshotError
 */
export async function convertFolder(folder: string, log: Log): Promise<Conversion> {
  if (!existsSync(join(folder, "format.json")) && !existsSync(join(folder, "datastores")))
    throw new FolderError(`${folder} is not a data folder: it has neither format.json nor datastores`);
  const storage = await openFolder(folder, log, { adoptData: true, serviceRelease: "any" });
  try {
    await storage.snapshots.recover();
    return await convertOpened(storage);
  } finally {
    await storage.close();
  }
}

async function convertOpened(storage: FolderStorage): Promise<Conversion> {
  const { state } = storage.generation;
  const isConverted = storage.serviceRelease !== LATEST_RELEASE;
  if (isConverted) {
    state.update(({ imageSets }) =>
      markPrimaries([...imageSets.values()]).forEach((one) => imageSets.put(one)),
    );
    await state.durable();
  }
  const snapshots = await convertSnapshots(storage);
  if (isConverted) storage.convertTo(LATEST_RELEASE);
  const imageSets = [...state.imageSets.values()];
  return {
    serviceRelease: LATEST_RELEASE,
    isConverted,
    imageSets: imageSets.length,
    primaryImageSets: imageSets.filter(({ isPrimary = false }) => isPrimary).length,
    snapshots,
  };
}

async function convertSnapshots({ snapshots }: FolderStorage): Promise<string[]> {
  const older = (await snapshots.list()).filter(({ serviceRelease }) => serviceRelease !== LATEST_RELEASE);
  for (const { name } of older) await snapshots.convertTo(LATEST_RELEASE, name, convertDocuments);
  return older.map(({ name }) => name);
}

function convertDocuments(documents: readonly StoredDocument[]): StoredDocument[] {
  const isImageSet = (stored: StoredDocument) => stored.kind === "imageSets";
  const all: ImageSet[] = documents.filter(isImageSet).map(({ document }) => document);
  const changed = new Map(markPrimaries(all).map((imageSet) => [imageSet.imageSetId, imageSet]));
  return documents.map((stored) =>
    stored.kind === "imageSets"
      ? { ...stored, document: changed.get(stored.document.imageSetId) ?? stored.document }
      : stored,
  );
}
