import { mkdirSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import type { JobRecord, JobRecords } from "../../domain/import-jobs/job-records.ts";
import type { Log } from "../../domain/log.ts";
import { appendLines } from "../files/append-lines.ts";
import { recordPathOf } from "./document-paths.ts";
import { isMissing, reasonOf } from "../files/errno-messages.ts";
import { OwnFolders } from "../files/own-folders.ts";
import { readRegularTextSync } from "../files/regular-file.ts";

type Job = Pick<ImportJob, "datastoreId" | "jobId">;

/** The records of import jobs as files beside the documents of the jobs. */
export class JobRecordFiles implements JobRecords {
  readonly #root: string;
  readonly #folders: OwnFolders;
  readonly #log: Log;

  /** @param root of the generation */
  constructor(root: string, log: Log) {
    this.#root = root;
    this.#folders = new OwnFolders(root);
    this.#log = log;
  }

  of(job: Job): JobRecord {
    const path = this.#pathOf(job);
    let isBroken = false;
    const attempt = <T>(work: () => T, otherwise: T): T => {
      if (isBroken) return otherwise;
      try {
        return work();
      } catch (error) {
        isBroken = !isMissing(error);
        if (isBroken) this.#log.warn(`cannot record the files in flight in ${path}: ${reasonOf(error)}`);
        return otherwise;
      }
    };
    return {
      read: () => attempt(() => readRegularTextSync(path).split("\n").slice(0, -1), []),
      begin: (lines) => attempt(() => this.#begin(path, lines), undefined),
      // Does not create the file: the record of a job that is dropped meanwhile must not come back.
      append: (lines) => attempt(() => appendLines(path, lines, false), undefined),
    };
  }

  remove(job: Job): void {
    try {
      unlinkSync(this.#pathOf(job));
    } catch {
      // It does not exist, or is harmless.
    }
  }

  /** The job's document, in the same folder, may not be written yet. */
  #begin(path: string, lines: readonly string[]): void {
    this.#folders.require(dirname(path));
    mkdirSync(dirname(path), { recursive: true });
    appendLines(path, lines, true);
  }

  #pathOf(job: Job): string {
    return join(this.#root, recordPathOf(job));
  }
}
