import type { BigIntStats } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeNewFile } from "../../../storage/files/new-file.ts";
import { headLine, recordLine, recordsFileOf, splitKey } from "./attribute-lines.ts";
import { writeCorsFile } from "./cors-file.ts";
import type { CorsRule } from "./cors-rules.ts";
import { type ObjectAttributes, recordOf } from "./object-attributes.ts";

/** The metadata of buckets that a restore makes, as files: to be moved into place with the buckets. */
export class CarriedMetadata {
  readonly #root: string;
  /** Lines by bucket and folder of keys. */
  readonly #lines = new Map<string, { readonly bucket: string; readonly folder: string; lines: string[] }>();

  /** @param root a new folder: one for each bucket is made in it */
  constructor(root: string) {
    this.#root = root;
  }

  addRules(bucket: string, rules: readonly CorsRule[]): void {
    writeCorsFile(join(this.#root, bucket), rules);
  }

  /** @param stats of the file where it is, whose time is final */
  add(bucket: string, key: string, stats: BigIntStats, attributes: ObjectAttributes): void {
    const { folder, name } = splitKey(key);
    const id = `${bucket}/${folder}`;
    const found = this.#lines.get(id) ?? { bucket, folder, lines: [] };
    this.#lines.set(id, found);
    found.lines.push(recordLine(name, recordOf(attributes, stats)));
  }

  async write(): Promise<void> {
    for (const { bucket, folder, lines } of this.#lines.values()) {
      await mkdir(join(this.#root, bucket), { recursive: true });
      const content = [headLine(folder, lines.length), ...lines, ""].join("\n");
      await writeNewFile(join(this.#root, bucket, recordsFileOf(folder)), content);
    }
  }
}
