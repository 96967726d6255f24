import { randomBytes } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { errorMessage } from "../../api/error-message.ts";
import { DEFAULT_RELEASE, type ServiceRelease } from "../../api/releases/service-release.ts";
import type { Log } from "../../domain/log.ts";
import type { SnapshotSummary } from "../../domain/snapshot.ts";
import { describeSnapshotName, isSnapshotName } from "../../domain/snapshot-name.ts";
import type { StoredDocument } from "../documents/stored-documents.ts";
import { isMissing } from "../files/errno-messages.ts";
import { writeNewFile } from "../files/new-file.ts";
import { OwnFolders } from "../files/own-folders.ts";
import { NotAFile, readRegularFile } from "../files/regular-file.ts";
import { FolderError } from "../folder/folder-error.ts";
import type { Generation, GenerationContent } from "../generation.ts";
import { captureDocuments } from "./capture-documents.ts";
import { refuseMountedSnapshots } from "./mounted-snapshots.ts";
import { checkBlobs, readDocuments, writeDocuments } from "./snapshot-documents.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { filling, pack } from "./snapshot-file.ts";
import { countContents, MANIFEST, readManifest, writeManifest } from "./snapshot-manifest.ts";
import { replaceContents, requireSameRelease } from "./snapshot-release.ts";
import { stageContent, type Carry } from "./stage-content.ts";
import { unpackSnapshot } from "./unpack-snapshot.ts";

/** A snapshot that is being replaced, until the new one is in place. */
const REPLACED = /^\.(.+)\.replaced$/;

interface SnapshotsDependencies {
  /** The folder of the data. */
  readonly folder: string;
  /** On the same file system, and empty at every start. */
  readonly spoolFolder: string;
  /** Whether documents are also stored on disk. */
  readonly isOnDisk: boolean;
  /** That is served. */
  readonly serviceRelease: ServiceRelease;
  readonly log: Log;
}

/** An incomplete snapshot: a folder in the spool folder, and its content. */
interface Staged {
  readonly folder: string;
  readonly documents: readonly StoredDocument[];
  readonly buckets: number | null;
  readonly serviceRelease: ServiceRelease;
}

interface Keeping {
  readonly savedAt: Date;
  /** Replaces an existing snapshot of that name. */
  readonly replace: boolean;
}

/** Saves a snapshot's content besides the state. @returns how many buckets; null if it has none */
export type Extra = (folder: string) => Promise<number | null>;

/** The snapshots of a data folder: each is a folder that is complete or absent. */
export class Snapshots {
  readonly #parts: SnapshotsDependencies;
  readonly #root: string;

  constructor(parts: SnapshotsDependencies) {
    this.#parts = parts;
    this.#root = join(parts.folder, "snapshots");
  }

  /** Repairs what a process left that was killed while it replaced a snapshot. */
  async recover(): Promise<void> {
    if (lstatSync(this.#root, { throwIfNoEntry: false }) === undefined) return;
    for (const entry of await this.#entries()) {
      const name = REPLACED.exec(entry)?.[1];
      if (name === undefined) continue;
      const path = join(this.#root, entry);
      const isLost = !(await this.#entries()).includes(name);
      if (isLost) await rename(path, join(this.#root, name));
      else await rm(path, { recursive: true, force: true });
    }
  }

  /** By name. Unreadable ones are logged. */
  async list(): Promise<SnapshotSummary[]> {
    const names = (await this.#entries()).filter(isSnapshotName).toSorted();
    const summaries = names.map((name) =>
      this.find(name).catch((error: unknown) => {
        this.#parts.log.warn(errorMessage(error));
        return [];
      }),
    );
    return (await Promise.all(summaries)).flat();
  }

  /** @throws SnapshotError */
  async find(name: string): Promise<SnapshotSummary> {
    try {
      new OwnFolders(this.#root).require(this.#pathOf(name));
      const manifest = await readRegularFile(join(this.#pathOf(name), MANIFEST));
      const { serviceRelease, ...contents } = readManifest(manifest.toString());
      return { name, ...contents, ...(serviceRelease === DEFAULT_RELEASE ? {} : { serviceRelease }) };
    } catch (error) {
      if (isMissing(error)) throw new SnapshotError("SnapshotNotFound", `no snapshot is named ${name}`);
      throw named(name, error);
    }
  }

  /**
   * @throws SnapshotError if the name is invalid, or exists and is not to be replaced, or no snapshot can be
   * saved
   */
  async checkFree(name: string, replace: boolean): Promise<void> {
    this.#pathOf(name);
    refuseMountedSnapshots(this.#root, this.#parts.spoolFolder);
    // Some file systems do not distinguish names that differ only in case.
    const taken = (await this.#entries()).find((entry) => entry.toLowerCase() === name.toLowerCase());
    if (taken === undefined || (taken === name && replace)) return;
    throw new SnapshotError(
      "SnapshotConflict",
      taken === name
        ? `snapshot ${taken} exists already: remove it, or replace it (--replace, "replace": true)`
        : `snapshot ${taken} exists already, and its name differs only in case: remove it, or replace it under that name`,
    );
  }

  /**
   * Captures what is committed at one moment.
   * @param current the served generation; it changes if a reset comes in between
   * @throws SnapshotError if something that belongs to it is missing, or too much changes
   */
  async capture(current: () => Generation, extra: Extra): Promise<Staged> {
    const folder = this.#stagedFolder("save");
    return filling(folder, async () => {
      const documents = await captureDocuments(folder, current);
      await checkBlobs(folder, documents).catch((error: unknown) => {
        if (!(error instanceof SnapshotError)) throw error;
        throw new SnapshotError(
          "SnapshotConflict",
          `${error.message}: delete that image set, and import its files again if you need them`,
        );
      });
      const buckets = await extra(folder);
      await writeDocuments(folder, documents);
      return { folder, documents, buckets, serviceRelease: this.#parts.serviceRelease };
    });
  }

  /**
   * Imports a file's content, at the speed of its sender.
   * @param check checks the content besides the state
   * @throws SnapshotError
   */
  async receive(bytes: AsyncIterable<Uint8Array>, check: Extra): Promise<Staged> {
    const folder = this.#stagedFolder("import");
    return filling(folder, async () => {
      const { documents, serviceRelease } = await unpackSnapshot(bytes, folder);
      return { folder, documents, buckets: await check(folder), serviceRelease };
    });
  }

  /** Makes it a snapshot, in one step. @throws SnapshotError; then it is deleted */
  async keep(name: string, staged: Staged, { savedAt, replace }: Keeping): Promise<SnapshotSummary> {
    try {
      await this.checkFree(name, replace);
      await this.#place(name, staged, savedAt);
      return await this.find(name);
    } catch (error) {
      await rm(staged.folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * The initial content of a generation that equals the snapshot, in a separate copy of its folder.
   * @throws SnapshotError, also for a snapshot of another release
   */
  async stage(name: string, carry: Carry): Promise<GenerationContent> {
    const { serviceRelease = DEFAULT_RELEASE } = await this.find(name);
    requireSameRelease(`snapshot ${name}`, serviceRelease, this.#parts.serviceRelease);
    const documents = await readDocuments(this.#pathOf(name)).catch((error: unknown) => {
      throw named(name, error);
    });
    return this.#stage(this.#pathOf(name), documents, carry);
  }

  /** The content of a file, without storing it as a snapshot. */
  async stageFile(bytes: AsyncIterable<Uint8Array>, carry: Carry): Promise<GenerationContent> {
    const folder = this.#stagedFolder("seed");
    return filling(folder, async () => {
      const { documents, serviceRelease } = await unpackSnapshot(bytes, folder);
      requireSameRelease("the snapshot", serviceRelease, this.#parts.serviceRelease);
      const content = await this.#stage(folder, documents, carry);
      await rm(folder, { recursive: true });
      return content;
    });
  }

  async remove(name: string): Promise<void> {
    refuseMountedSnapshots(this.#root, this.#parts.spoolFolder);
    const temp = this.#stagedFolder("removed");
    await rename(this.#pathOf(name), temp).catch((error: unknown) => {
      throw isMissing(error) ? new SnapshotError("SnapshotNotFound", `no snapshot is named ${name}`) : error;
    });
    await rm(temp, { recursive: true });
  }

  /**
   * Converts a snapshot in place.
   * @param convert the documents of the other release
   */
  async convertTo(
    serviceRelease: ServiceRelease,
    name: string,
    convert: (documents: readonly StoredDocument[]) => readonly StoredDocument[],
  ): Promise<void> {
    refuseMountedSnapshots(this.#root, this.#parts.spoolFolder);
    const { name: _, savedAt, ...contents } = await this.find(name);
    const path = this.#pathOf(name);
    const documents = convert(await readDocuments(path));
    const temp = this.#stagedFolder("convert");
    await replaceContents(path, temp, documents, writeManifest({ ...contents, serviceRelease }, savedAt));
  }

  async export(name: string): Promise<Readable> {
    await this.find(name);
    return pack(this.#pathOf(name));
  }

  #stage(from: string, documents: readonly StoredDocument[], carry: Carry): Promise<GenerationContent> {
    const { isOnDisk } = this.#parts;
    return stageContent({ from, folder: this.#stagedFolder("restore"), documents, isOnDisk, carry });
  }

  /** By one rename; by two if the name exists. */
  async #place(name: string, staged: Staged, savedAt: Date): Promise<void> {
    const { folder, documents, buckets, serviceRelease } = staged;
    const contents = { ...countContents(documents, buckets), serviceRelease };
    const manifest = writeManifest(contents, savedAt.toISOString());
    await writeNewFile(join(folder, MANIFEST), manifest);
    await mkdir(this.#root, { recursive: true });
    const path = this.#pathOf(name);
    const replaced = join(this.#root, `.${name}.replaced`);
    await rm(replaced, { recursive: true, force: true });
    await rename(path, replaced).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    await rename(folder, path);
    await rm(replaced, { recursive: true, force: true });
  }

  #pathOf(name: string): string {
    if (isSnapshotName(name)) return join(this.#root, name);
    throw new SnapshotError("InvalidSnapshot", describeSnapshotName(name));
  }

  #stagedFolder(purpose: string): string {
    return join(this.#parts.spoolFolder, `${purpose}-${randomBytes(8).toString("hex")}`);
  }

  async #entries(): Promise<string[]> {
    return readdir(this.#root).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
  }
}

function named(name: string, error: unknown): unknown {
  const isOurs = error instanceof SnapshotError || error instanceof NotAFile || error instanceof FolderError;
  if (!isOurs) return error;
  const code = error instanceof SnapshotError ? error.code : "InvalidSnapshot";
  return new SnapshotError(code, `snapshot ${name} cannot be read: ${error.message}`, { cause: error });
}
