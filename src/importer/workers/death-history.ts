import { tryParseJson } from "../../api/json.ts";

/** A note in a job's record, a JSON object a line. */
export type Note =
  /** A process starts work on the job, from its first file. */
  | { readonly at: "start" }
  /** A file is in flight from now on; `isAlone` if it is the emulator's only one. */
  | { readonly at: "begin"; readonly file: string; readonly isAlone: boolean }
  | { readonly at: "end"; readonly file: string }
  /** The process ends regularly, or the job's work is complete and only its end is missing. */
  | { readonly at: "stop" }
  /** The image sets of the job are visible. */
  | { readonly at: "commit" };

/** What a job's record says of earlier processes that died (crash, kill) while they imported its files. */
export interface DeathHistory {
  /** In flight together with others when a process died: each may be the cause. */
  readonly suspects: ReadonlySet<string>;
  /** In flight alone when a process died: the cause. */
  readonly culprits: ReadonlySet<string>;
  /**
   * How many of the latest deaths in a row neither found a culprit nor made progress: no new maximum of
   * completed files.
   */
  readonly fruitlessDeaths: number;
}

/** @param lines of a job's record; lines that are not notes are ignored */
export function readDeaths(lines: readonly string[]): DeathHistory {
  const reader = new Reader();
  for (const line of lines) {
    const note = readNote(line);
    if (note !== undefined) reader.read(note);
  }
  reader.endProcess();
  return reader;
}

class Reader implements DeathHistory {
  readonly suspects = new Set<string>();
  readonly culprits = new Set<string>();
  fruitlessDeaths = 0;
  #isRunning = false;
  readonly #inHand = new Set<string>();
  #alone: string | undefined;
  #filesDone = 0;
  #mostFilesDone = 0;

  read(note: Note): void {
    switch (note.at) {
      case "start":
        this.endProcess();
        this.#isRunning = true;
        return;
      case "begin":
        this.#inHand.add(note.file);
        if (note.isAlone) this.#alone = note.file;
        return;
      case "end":
        this.#end(note.file);
        return;
      case "stop":
        this.#isRunning = false;
        return;
      case "commit":
        this.#isRunning = true;
    }
  }

  /** A process without a `stop` died. */
  endProcess(): void {
    if (this.#isRunning) this.#countDeath();
    this.#mostFilesDone = Math.max(this.#mostFilesDone, this.#filesDone);
    this.#isRunning = false;
    this.#inHand.clear();
    this.#alone = undefined;
    this.#filesDone = 0;
  }

  #end(file: string): void {
    this.#inHand.delete(file);
    this.#filesDone += 1;
    if (file !== this.#alone) return;
    this.#alone = undefined;
    this.suspects.delete(file);
  }

  #countDeath(): void {
    const isFruitless = this.#alone === undefined && this.#filesDone <= this.#mostFilesDone;
    this.fruitlessDeaths = isFruitless ? this.fruitlessDeaths + 1 : 0;
    if (this.#alone === undefined) for (const file of this.#inHand) this.suspects.add(file);
    else this.culprits.add(this.#alone);
    for (const culprit of this.culprits) this.suspects.delete(culprit);
  }
}

function readNote(line: string): Note | undefined {
  const note = tryParseJson(line);
  return isNote(note) ? note : undefined;
}

function isNote(value: unknown): value is Note {
  if (typeof value !== "object" || value === null || !("at" in value)) return false;
  const isOfFile = "file" in value && typeof value.file === "string";
  switch (value.at) {
    case "start":
    case "stop":
    case "commit":
      return true;
    case "begin":
      return isOfFile && "isAlone" in value && typeof value.isAlone === "boolean";
    case "end":
      return isOfFile;
    default:
      return false;
  }
}
