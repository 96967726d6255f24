import { renameSync, unlinkSync } from "node:fs";
import { appendLines } from "../../../storage/files/append-lines.ts";
import { writeNewFileSync } from "../../../storage/files/new-file.ts";
import { readTextIfPresentSync } from "../../../storage/files/regular-file.ts";
import { headLine, readRecordLine, recordLine, removalLine } from "./attribute-lines.ts";
import type { AttributeRecord } from "./object-attributes.ts";

/** Lines more than twice what the last clean-up left, before there is another: each costs a constant share. */
const MIN_LINES = 256;
/** Of an object in memory, besides its strings. */
const RECORD_CHARACTERS = 100;

/**
 * The records of one folder of keys, in memory and in a file of lines: each change is a line more. When the lines
 * have doubled, the file is written again, without the records of files that are gone.
 */
export class FolderRecords {
  readonly #path: string;
  readonly #folder: string;
  readonly #records = new Map<string, AttributeRecord>();
  #lines = 0;
  #kept = 0;
  #isWhole = true;
  #characters = 0;

  private constructor(path: string, folder: string) {
    this.#path = path;
    this.#folder = folder;
    this.#characters = RECORD_CHARACTERS + path.length;
  }

  /** @throws where something else than a file has its name, or it cannot be read */
  static load(path: string, folder: string): FolderRecords {
    const records = new FolderRecords(path, folder);
    const text = readTextIfPresentSync(path);
    if (text !== undefined) records.#load(text);
    return records;
  }

  /** Of strings and objects in memory, about. */
  get characters(): number {
    return this.#characters;
  }

  get isStored(): boolean {
    return this.#lines > 0;
  }

  find(name: string): AttributeRecord | undefined {
    return this.#records.get(name);
  }

  /**
   * Stored when it returns.
   * @param namesThere the names in the folder, for a clean-up; undefined where they cannot be read
   * @throws the system's error; then it has the record no more than before
   */
  put(name: string, record: AttributeRecord, namesThere: () => readonly string[] | undefined): void {
    const line = recordLine(name, record);
    if (!this.#isWhole || this.#lines >= 2 * this.#kept + MIN_LINES) this.#cleanUp(namesThere());
    this.#append(this.isStored ? [line] : [headLine(this.#folder, 0), line]);
    this.#set(name, record);
  }

  /** Where that cannot be stored, the next start has a record more, which is of no file. */
  remove(name: string): void {
    if (!this.#records.has(name)) return;
    this.#set(name, undefined);
    try {
      if (this.#records.size > 0) return this.#append([removalLine(name)]);
      unlinkSync(this.#path);
    } catch {
      return;
    }
    this.#lines = 0;
    this.#kept = 0;
  }

  #load(text: string): void {
    const lines = text.split("\n");
    this.#isWhole = lines.pop() === "";
    this.#lines = lines.length;
    for (const line of lines) {
      const read = readRecordLine(line);
      if (read === undefined) this.#isWhole = false;
      else if ("folder" in read) this.#kept = read.kept;
      else this.#set(read.name, read.record);
    }
  }

  #set(name: string, record: AttributeRecord | undefined): void {
    const before = this.#records.get(name);
    if (before !== undefined) this.#characters -= sizeOf(name, before);
    this.#records.delete(name);
    if (record === undefined) return;
    this.#records.set(name, record);
    this.#characters += sizeOf(name, record);
  }

  #append(lines: readonly string[]): void {
    try {
      appendLines(this.#path, lines, true);
      this.#lines += lines.length;
    } catch (error) {
      // A full disk may have taken the half of a line.
      this.#isWhole = false;
      throw error;
    }
  }

  #cleanUp(names: readonly string[] | undefined): void {
    const there = names && new Set(names.map(foldCase));
    for (const name of this.#records.keys())
      if (there?.has(foldCase(name.replace(/\/$/, ""))) === false) this.#set(name, undefined);
    const { size } = this.#records;
    const lines = [...this.#records].map(([name, record]) => recordLine(name, record));
    const temp = `${this.#path}.tmp`;
    writeNewFileSync(temp, [headLine(this.#folder, size), ...lines, ""].join("\n"));
    renameSync(temp, this.#path);
    this.#lines = size + 1;
    this.#kept = size;
    this.#isWhole = true;
  }
}

/** Some file systems store a name in another form than it was given. */
const foldCase = (name: string): string => name.normalize("NFC").toLowerCase();

const sizeOf = (name: string, { headers }: AttributeRecord): number =>
  Object.entries(headers).reduce(
    (sum, [header, value]) => sum + header.length + value.length,
    RECORD_CHARACTERS + name.length,
  );
