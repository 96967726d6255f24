import { existsSync, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ServiceRelease } from "../api/releases/service-release.ts";
import type { Log } from "../domain/log.ts";
import { OwnFolders } from "./files/own-folders.ts";
import { FolderError } from "./folder/folder-error.ts";
import { generationsIn, MAX_GENERATION, writeFormat, type FolderFormat } from "./folder/folder-format.ts";
import { generationFiles, generationFolder } from "./generation.ts";

/** The generations of a data folder, as listed in `format.json`: the current one, and those to be deleted. */
export class Generations {
  readonly #folder: string;
  #format: FolderFormat;

  constructor(folder: string, format: FolderFormat) {
    this.#folder = folder;
    this.#format = format;
  }

  get current(): number {
    return this.#format.generation;
  }

  get serviceRelease(): ServiceRelease {
    return this.#format.serviceRelease;
  }

  /** Its data is that of another release from now on; atomic and synchronous. */
  convertTo(serviceRelease: ServiceRelease): void {
    this.#writeFormat({ ...this.#format, serviceRelease });
  }

  /** Generations that a reset ended, which may still have files. */
  get past(): readonly number[] {
    return this.#format.pastGenerations;
  }

  /**
   * Begins another generation, synchronously. If the process is killed in between, the current one stays
   * unchanged.
   * @param place creates the folder
   * @throws if the folder cannot be created, or the change cannot be stored; then nothing has changed
   */
  begin(place: (root: string) => void): number {
    const { current } = this;
    const number = this.#unused();
    // Until it is current, it is one of those that the next start deletes.
    this.#write(current, [...this.past, number]);
    place(generationFolder(this.#folder, number));
    this.#write(number, [...this.past.filter((past) => past !== number), current]);
    return number;
  }

  /** It is fully deleted: anything that appears in its place later is not ours. */
  forget(number: number): void {
    if (!this.past.includes(number)) return;
    this.#write(
      this.current,
      this.past.filter((past) => past !== number),
    );
  }

  /** @throws FolderError if a link or something else is in place of the current one */
  requireCurrent(): void {
    const path = generationFolder(this.#folder, this.current);
    new OwnFolders(this.#folder).require(path);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
    const found = lstatSync(path, { throwIfNoEntry: false }) === undefined ? "is missing" : "is not a folder";
    throw new FolderError(
      `${path} ${found}: ${join(this.#folder, "format.json")} names it as the current generation. Put it back, or write the number of another generation there`,
    );
  }

  /** A folder that is neither the current generation nor a past one belongs to the user: a copy, or a backup. */
  warnOfOthers(log: Log): void {
    const known = new Set([this.current, ...this.past]);
    for (const number of [0, ...generationsIn(this.#folder)]) {
      const path = generationFiles(this.#folder, number);
      if (known.has(number) || !existsSync(path)) continue;
      log.warn(
        `${path} is ignored: ${join(this.#folder, "format.json")} names generation ${this.current} as the current one. Delete the folder, or write its number there`,
      );
    }
  }

  #unused(): number {
    let number = this.current + 1;
    const isTaken = (): boolean =>
      this.past.includes(number) ||
      lstatSync(generationFolder(this.#folder, number), { throwIfNoEntry: false }) !== undefined;
    while (number <= MAX_GENERATION && isTaken()) number += 1;
    if (number > MAX_GENERATION)
      throw new FolderError(
        `${join(this.#folder, "format.json")} names generation ${this.current}, the highest number possible: rename that folder to a lower number, and write it there`,
      );
    return number;
  }

  #write(generation: number, pastGenerations: readonly number[]): void {
    this.#writeFormat({ ...this.#format, generation, pastGenerations });
  }

  #writeFormat(format: FolderFormat): void {
    writeFormat(this.#folder, format);
    this.#format = format;
  }
}
