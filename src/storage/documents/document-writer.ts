import { join } from "node:path";
import { Low } from "lowdb";
import pLimit from "p-limit";
import { filesBelow, JsonFile, type Files } from "../files/atomic-file.ts";
import { recordPath, writeRecord } from "./commit-records.ts";
import { Commit, type Content } from "./commit.ts";

/** Files open at once for writing, far below what a process may have open. */
const MAX_CONCURRENT_WRITES = 32;

interface Options {
  readonly root: string;
  /** Called for the first failure of a series. */
  readonly onFailure: (path: string, error: unknown) => void;
  readonly onRecovery: () => void;
  readonly files?: Files;
}

/**
 * Writes and removes the state's documents in the background: one write at a time for each, the newest last.
 * Several documents of one change are first written as one record, then each to its place, then the record is
 * removed: if the process is killed in between, the next start completes the commit. Failed writes are kept
 * and tried again whenever a caller asks whether everything is stored.
 */
export class DocumentWriter {
  readonly #limit = pLimit(MAX_CONCURRENT_WRITES);
  /** Commits that are not stored yet. */
  readonly #open = new Set<Commit>();
  /** By path: the latest commit. */
  readonly #last = new Map<string, Commit>();
  readonly #options: Options;
  readonly #files: Files;
  #records = 0;
  #isFailing = false;
  #isStopped = false;

  constructor(options: Options) {
    this.#options = options;
    this.#files = options.files ?? filesBelow(options.root);
  }

  /** How many documents could not be written so far. */
  get unwritten(): number {
    return [...this.#open].reduce(
      (sum, { hasFailed, documents }) => sum + (hasFailed ? documents.size : 0),
      0,
    );
  }

  /** @param documents by path below the root; null removes the file */
  put(documents: Map<string, Content>): void {
    if (this.#isStopped || documents.size === 0) return;
    const [[path, content] = ["", null]] = documents;
    const last = this.#last.get(path);
    if (documents.size === 1 && last?.isAlone === true && !last.isBeingWritten) {
      last.documents.set(path, content);
      void this.#start(last);
      return;
    }
    const after = new Set([...documents.keys()].flatMap((place) => this.#last.get(place) ?? []));
    const commit = new Commit(documents, after);
    this.#open.add(commit);
    for (const place of documents.keys()) this.#last.set(place, commit);
    void this.#start(commit);
  }

  /** Stops all writes, also queued ones: they will not be read. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves once all documents so far are written; rejects if one cannot be. */
  async settled(): Promise<void> {
    if (this.#open.size > 0) await Promise.all([...this.#open].map((commit) => this.#start(commit)));
  }

  /** Tries failed commits again. */
  #start(commit: Commit): Promise<void> {
    if (commit.isOver) return Promise.resolve();
    if (commit.running === undefined) {
      commit.running = this.#keep(commit).finally(() => (commit.running = undefined));
      // Its waiters receive the error; without waiters it must not be unhandled.
      commit.running.catch(() => {});
    }
    return commit.running;
  }

  async #keep(commit: Commit): Promise<void> {
    try {
      for (const before of commit.after) await this.#end(before);
      commit.after.clear();
      await (commit.isAlone ? this.#writeAlone(commit) : this.#writeTogether(commit));
      this.#close(commit);
    } catch (error) {
      if (this.#isStopped) return this.#close(commit);
      if (this.#isSuperseded(commit)) this.#close(commit);
      else commit.hasFailed = true;
      throw error;
    } finally {
      commit.isBeingWritten = false;
    }
  }

  /** @throws if it is still to be stored */
  async #end(commit: Commit): Promise<void> {
    try {
      await this.#start(commit);
    } catch (error) {
      if (!commit.isOver) throw error;
    }
  }

  /** The content of its only path has changed since, and is written next. */
  #isSuperseded(commit: Commit): boolean {
    const [path = ""] = commit.documents.keys();
    return commit.isAlone && this.#last.get(path) !== commit;
  }

  #close(commit: Commit): void {
    commit.isOver = true;
    this.#open.delete(commit);
    for (const path of commit.documents.keys()) if (this.#last.get(path) === commit) this.#last.delete(path);
    if (!this.#isFailing || [...this.#open].some(({ hasFailed }) => hasFailed)) return;
    this.#isFailing = false;
    if (!this.#isStopped) this.#options.onRecovery();
  }

  #writeAlone(commit: Commit): Promise<void> {
    return this.#limit(async () => {
      commit.isBeingWritten = true;
      for (const [path, content] of commit.documents) await this.#write(path, content);
    });
  }

  async #writeTogether(commit: Commit): Promise<void> {
    const { root } = this.#options;
    commit.isBeingWritten = true;
    const record = recordPath(root, (commit.number ??= ++this.#records));
    await this.#limit(() =>
      this.#try(record, () => this.#files.write(record, writeRecord(commit.documents))),
    );
    const writes = [...commit.documents].map(([path, content]) =>
      this.#limit(() => this.#write(path, content)),
    );
    // Its writes have drained before it is tried again.
    const failed = (await Promise.allSettled(writes)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    await this.#limit(() => this.#try(record, () => this.#files.remove(record)));
  }

  #write(path: string, content: Content): Promise<void> {
    const place = join(this.#options.root, path);
    return this.#try(place, () =>
      content === null
        ? this.#files.remove(place)
        : new Low(new JsonFile<object>(place, this.#files), content).write(),
    );
  }

  async #try(path: string, work: () => Promise<void>): Promise<void> {
    if (this.#isStopped) return;
    try {
      await work();
    } catch (error) {
      if (!this.#isFailing && !this.#isStopped) this.#options.onFailure(path, error);
      this.#isFailing = true;
      throw error;
    }
  }
}
