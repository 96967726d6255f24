import type { JobRecord } from "../domain/import-jobs/job-records.ts";
import { type DeathHistory, type Note, readDeaths } from "./workers/death-history.ts";
import { ByteBudget } from "./workers/import-memory.ts";

const EVERYTHING = 2 ** 30;

/** Runs the files of an emulator's jobs concurrently, or one of them alone. */
export class Turns {
  readonly #budget = new ByteBudget(EVERYTHING);

  /** Later files wait for one that must run alone. */
  during<T>(isAlone: boolean, work: () => Promise<T>): Promise<T> {
    return this.#budget.during(isAlone ? EVERYTHING : 1, work);
  }
}

/**
 * The in-flight files of a job, stored so that the next process knows them if this one dies: it processes
 * them last, each alone, and skips one that was alone when a process died.
 */
export class FilesInHand {
  readonly deaths: DeathHistory;
  readonly #record: JobRecord;
  readonly #turns: Turns;
  /** Notes that may get lost; then a completed file counts as in flight. */
  #pending: Note[] = [];

  /** Reads the notes of earlier processes. */
  constructor(record: JobRecord, turns: Turns) {
    this.deaths = readDeaths(record.read());
    this.#record = record;
    this.#turns = turns;
    // The empty line ends a line that a full disk may have truncated.
    record.begin(["", JSON.stringify({ at: "start" } satisfies Note)]);
  }

  /** The file is in flight during the work; if the work fails, it stays so until `stop`. */
  during<T>(file: string, work: () => Promise<T>): Promise<T> {
    const isAlone = this.deaths.suspects.has(file);
    return this.#turns.during(isAlone, async () => {
      this.#write({ at: "begin", file, isAlone });
      const result = await work();
      const end: Note = { at: "end", file };
      // One write for each file is enough; but a file that ended alone must not count as a culprit.
      if (isAlone) this.#write(end);
      else this.#pending.push(end);
      return result;
    });
  }

  /** No further file begins: ended files are written at once. */
  endFiles(): void {
    if (this.#pending.length > 0) this.#write();
  }

  /** No work on the job is in flight: the process ends regularly, or the job waits for its end. */
  stop(): void {
    this.#write({ at: "stop" });
  }

  /** The job ends now: the process may die of that too. */
  commit(): void {
    this.#write({ at: "commit" });
  }

  #write(...added: Note[]): void {
    const notes = [...this.#pending, ...added];
    this.#pending = [];
    this.#record.append(notes.map((each) => JSON.stringify(each)));
  }
}
