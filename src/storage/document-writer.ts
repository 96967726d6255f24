import { rm } from "node:fs/promises";
import { Low } from "lowdb";
import pLimit from "p-limit";
import { JsonFile } from "./atomic-file.ts";

/** Files open at once for writing, far below what a process may have open. */
const MAX_CONCURRENT_WRITES = 32;

/** What is to be at a path: a document, or nothing. */
type Content = object | null;

/** Of a path: what is to be written there, and when it is. */
interface Entry {
  next: Content | undefined;
  done: Promise<void>;
}

/**
 * Writes and removes documents behind the state's back: one write at a time for each, the newest last. What
 * could not be written is kept and tried again whenever somebody asks whether all is kept.
 */
export class DocumentWriter {
  readonly #limit = pLimit(MAX_CONCURRENT_WRITES);
  readonly #writing = new Map<string, Entry>();
  readonly #unwritten = new Map<string, Content>();
  readonly #report: (path: string, error: unknown) => void;
  #isStopped = false;

  /** @param report is told of each write that failed */
  constructor(report: (path: string, error: unknown) => void) {
    this.#report = report;
  }

  /** How many documents are not as they should be on disk. */
  get unwritten(): number {
    return this.#unwritten.size;
  }

  /** @param content null for no file at all */
  put(path: string, content: Content): void {
    if (this.#isStopped) return;
    this.#unwritten.delete(path);
    const entry = this.#writing.get(path);
    if (entry === undefined) this.#start(path, content);
    else entry.next = content;
  }

  /** Writes nothing any more, not even what waits: nobody will read it. */
  stop(): void {
    this.#isStopped = true;
    this.#unwritten.clear();
    for (const entry of this.#writing.values()) entry.next = undefined;
  }

  /** Resolves when every document put so far is written; rejects where one cannot be. */
  async settled(): Promise<void> {
    for (const [path, content] of this.#unwritten) this.put(path, content);
    await Promise.all([...this.#writing.values()].map(({ done }) => done));
  }

  #start(path: string, content: Content): void {
    const entry: Entry = { next: content, done: Promise.resolve() };
    entry.done = this.#limit(() => this.#drain(path, entry));
    // Whoever waits for it hears of it; nobody has to.
    entry.done.catch(() => {});
    this.#writing.set(path, entry);
  }

  async #drain(path: string, entry: Entry): Promise<void> {
    try {
      for (let next = entry.next; next !== undefined; next = entry.next) {
        entry.next = undefined;
        await this.#write(path, next, entry);
      }
    } finally {
      this.#writing.delete(path);
    }
  }

  async #write(path: string, content: Content, entry: Entry): Promise<void> {
    try {
      if (content === null) await rm(path, { force: true });
      else await new Low(new JsonFile<object>(path), content).write();
    } catch (error) {
      if (this.#isStopped) return;
      this.#unwritten.set(path, entry.next === undefined ? content : entry.next);
      this.#report(path, error);
      throw error;
    }
  }
}
