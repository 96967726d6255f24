import { type BigIntStats, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMissing, reasonOf } from "../../../storage/files/errno-messages.ts";
import { OwnFolders } from "../../../storage/files/own-folders.ts";
import { recordsFileOf, splitKey } from "./attribute-lines.ts";
import { readCorsFile } from "./cors-file.ts";
import type { CorsRule } from "./cors-rules.ts";
import { FolderRecords } from "./folder-records.ts";
import { type AttributeRecord, isOfFile, type ObjectAttributes, recordOf } from "./object-attributes.ts";
import { OrphanedRecords } from "./orphaned-records.ts";

/** Of records in memory, about: 60 MiB of heap, 200,000 objects with short headers. Those of the folder in use may be more. */
const MAX_CHARACTERS = 32 * 2 ** 20;

interface BucketMetadataDependencies {
  /** The folder of the metadata: one folder for each bucket. */
  readonly root: string;
  /** The folder of the buckets. */
  readonly buckets: string;
  readonly warn: (message: string) => void;
}

/**
 * What the files of buckets cannot say of themselves: attributes of objects, by key, size and time of the file. It is
 * read a folder of keys at a time and stored at once, so what was answered to a client outlives a kill. Everything is
 * synchronous, in the turn that changes the file.
 */
export class BucketMetadata {
  readonly root: string;
  readonly #buckets: string;
  readonly #warn: (message: string) => void;
  readonly #folders: OwnFolders;
  readonly #orphans: OrphanedRecords;
  /** The most recently used last. */
  readonly #loaded = new Map<string, FolderRecords>();
  #characters = 0;
  #latest: { readonly bucket: string; readonly folder: string; readonly records: FolderRecords } | undefined;
  #hasWarned = false;

  constructor({ root, buckets, warn }: BucketMetadataDependencies) {
    this.root = root;
    this.#buckets = buckets;
    this.#warn = warn;
    this.#folders = new OwnFolders(dirname(root));
    this.#orphans = new OrphanedRecords(buckets);
  }

  /** Of what is in memory, about. */
  get charactersInMemory(): number {
    return this.#characters;
  }

  /** The attributes of an object whose file is as it was when they were kept. */
  find(bucket: string, key: string, stats: BigIntStats): ObjectAttributes | undefined {
    const { folder, name } = splitKey(key);
    const record = this.#recordsOf(bucket, folder)?.find(name);
    return record !== undefined && isOfFile(record, stats) ? record : undefined;
  }

  /**
   * @returns puts back what was kept before, as well as the disk allows
   * @throws the system's error where they cannot be stored; then what was kept before still is
   */
  keep(bucket: string, key: string, stats: BigIntStats, attributes: ObjectAttributes): () => void {
    const { folder, name } = splitKey(key);
    const before = this.#recordsOf(bucket, folder)?.find(name);
    try {
      this.#put(bucket, key, recordOf(attributes, stats));
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Somebody has deleted the folder of the metadata.
      this.#unloadAll();
      this.#put(bucket, key, recordOf(attributes, stats));
    }
    return () => this.#putBack(bucket, key, before);
  }

  /** That of a deleted object. */
  forget(bucket: string, key: string): void {
    const { folder, name } = splitKey(key);
    const records = this.#recordsOf(bucket, folder);
    if (records?.find(name) === undefined) return;
    const before = records.characters;
    records.remove(name);
    this.#characters += records.characters - before;
  }

  /** The CORS rules of a bucket; undefined where it has none. @throws the system's error */
  corsRulesOf(bucket: string): readonly CorsRule[] | undefined {
    return readCorsFile(this.folderOf(bucket));
  }

  /** Everything of a bucket, attributes and settings. */
  forgetBucket(bucket: string): void {
    const path = this.folderOf(bucket);
    this.#unloadAll();
    if (existsSync(path)) rmSync(path, { recursive: true, force: true });
  }

  /** Also of buckets whose folders somebody deleted by hand: their rules would be those of the next of that name. */
  forgetAllBut(buckets: readonly string[]): void {
    this.#unloadAll();
    this.#folders.require(this.root);
    const names = existsSync(this.root) ? readdirSync(this.root) : [];
    // A link is deleted, not what it leads to.
    for (const name of names)
      if (!buckets.includes(name)) rmSync(join(this.root, name), { recursive: true, force: true });
  }

  /** Puts a folder in the place of a bucket's metadata; where there is none, it has been put there already. */
  replace(bucket: string, folder: string): void {
    if (!existsSync(folder)) return;
    this.forgetBucket(bucket);
    mkdirSync(this.root, { recursive: true });
    renameSync(folder, this.folderOf(bucket));
  }

  /** The folder of a bucket's metadata, which may not be there. @throws FolderError where it is a link */
  folderOf(bucket: string): string {
    const path = join(this.root, bucket);
    this.#folders.require(path);
    return path;
  }

  #put(bucket: string, key: string, record: AttributeRecord): void {
    const { folder, name } = splitKey(key);
    const own = this.folderOf(bucket);
    if (!this.#orphans.isKnown(bucket)) mkdirSync(own, { recursive: true });
    const records = this.#recordsOf(bucket, folder) ?? this.#load(bucket, folder);
    const isNew = !records.isStored;
    const before = records.characters;
    records.put(name, record, () => this.#namesIn(bucket, folder));
    this.#characters += records.characters - before;
    this.#bound(records);
    if (isNew) this.#orphans.onNewFile(bucket, own, (orphaned) => this.#unload(idOf(bucket, orphaned)));
  }

  #putBack(bucket: string, key: string, before: AttributeRecord | undefined): void {
    if (before === undefined) return this.forget(bucket, key);
    try {
      this.#put(bucket, key, before);
    } catch {
      // A full disk: the object that is there is as if somebody had copied it in.
    }
  }

  #unloadAll(): void {
    this.#loaded.clear();
    this.#orphans.forgetAll();
    this.#latest = undefined;
    this.#characters = 0;
  }

  #unload(id: string): void {
    this.#characters -= this.#loaded.get(id)?.characters ?? 0;
    this.#loaded.delete(id);
    this.#latest = undefined;
  }

  /** Undefined where they cannot be read: files then are as if somebody had copied them in. */
  #recordsOf(bucket: string, folder: string): FolderRecords | undefined {
    const latest = this.#latest;
    // In a list, the keys of a folder come one after the other.
    if (latest?.folder === folder && latest.bucket === bucket) return latest.records;
    const id = idOf(bucket, folder);
    const loaded = this.#loaded.get(id);
    if (loaded !== undefined) {
      this.#loaded.delete(id);
      this.#use(bucket, folder, loaded);
      return loaded;
    }
    try {
      return this.#load(bucket, folder);
    } catch (error) {
      if (!this.#hasWarned)
        this.#warn(`content types and metadata of objects cannot be read: ${reasonOf(error)}`);
      this.#hasWarned = true;
      return undefined;
    }
  }

  #load(bucket: string, folder: string): FolderRecords {
    const records = FolderRecords.load(join(this.folderOf(bucket), recordsFileOf(folder)), folder);
    this.#use(bucket, folder, records);
    this.#characters += records.characters;
    this.#bound(records);
    return records;
  }

  #use(bucket: string, folder: string, records: FolderRecords): void {
    this.#loaded.set(idOf(bucket, folder), records);
    this.#latest = { bucket, folder, records };
  }

  /** They are stored already: what is dropped is read again. */
  #bound(inUse: FolderRecords): void {
    if (this.#characters <= MAX_CHARACTERS) return;
    for (const [id, records] of this.#loaded) {
      if (records === inUse) continue;
      this.#unload(id);
      if (this.#characters <= MAX_CHARACTERS) return;
    }
  }

  #namesIn(bucket: string, folder: string): string[] | undefined {
    try {
      return readdirSync(join(this.#buckets, bucket, ...folder.split("/")));
    } catch (error) {
      return isMissing(error) ? [] : undefined;
    }
  }
}

/** A bucket's name has no slash. */
const idOf = (bucket: string, folder: string): string => `${bucket}/${folder}`;
