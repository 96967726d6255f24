import { readdirSync, realpathSync, statSync } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkBucketName, isBucketName } from "./bucket-names.ts";
import { statIfPresent, undefinedIfAbsent } from "./key-paths.ts";
import { isAbsence, noSuchBucket } from "./s3-error.ts";

export interface BucketInfo {
  readonly name: string;
  readonly createdMs: number;
}

/** The folders of the buckets; each may be a link or a mount. */
export class BucketFolders {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(): Promise<BucketInfo[]> {
    const names = await readdir(this.#root).catch(undefinedIfAbsent);
    const buckets: BucketInfo[] = [];
    for (const name of (names ?? []).filter(isBucketName).sort()) {
      const stats = await stat(join(this.#root, name)).catch(undefinedIfAbsent);
      if (stats?.isDirectory()) buckets.push({ name, createdMs: firstTime(stats) });
    }
    return buckets;
  }

  names(): string[] {
    const names = statIfPresent(this.#root) === undefined ? [] : readdirSync(this.#root);
    return names.filter((name) => this.has(name)).sort();
  }

  has(bucket: string): boolean {
    return isBucketName(bucket) && statIfPresent(join(this.#root, bucket))?.isDirectory() === true;
  }

  /** Returns whether the bucket is new. */
  async make(bucket: string): Promise<boolean> {
    checkBucketName(bucket);
    await mkdir(this.#root, { recursive: true });
    try {
      await mkdir(join(this.#root, bucket));
      return true;
    } catch (error) {
      if (this.has(bucket)) return false;
      throw error;
    }
  }

  /** The real path of a bucket's folder, which may itself be a link: links inside may not leave it. */
  realPathOf(bucket: string): string {
    checkBucketName(bucket);
    try {
      const path = realpathSync(join(this.#root, bucket));
      if (statSync(path).isDirectory()) return path;
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
    throw noSuchBucket(bucket);
  }
}

/** Some file systems do not keep the time of birth. */
const firstTime = ({ birthtimeMs, mtimeMs }: { birthtimeMs: number; mtimeMs: number }): number =>
  birthtimeMs > 0 ? birthtimeMs : mtimeMs;
