import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import { dropLatest } from "../../domain/image-sets/image-set-transitions.ts";
import type { RunningImportParts } from "../running-import.ts";
import { JobMerge, type JobMergeDependencies } from "./job-merge.ts";
import { SeriesTurns } from "./series-turns.ts";

type ImageSetMergesDependencies = Pick<
  JobMergeDependencies,
  "state" | "clock" | "work" | "documents" | "log" | "tiers"
>;

/** The merges of the jobs of an emulator. */
export class ImageSetMerges {
  readonly #parts: ImageSetMergesDependencies;
  readonly #turns = new SeriesTurns();

  constructor(parts: ImageSetMergesDependencies) {
    this.#parts = parts;
  }

  /** @param parts of the job */
  begin(parts: RunningImportParts, job: ImportJob): JobMerge {
    return new JobMerge({ ...this.#parts, ...parts, turns: this.#turns }, job);
  }

  /** Drops versions that a stop of the process left IMPORTING; their jobs make them again. */
  resume(): void {
    const { state } = this.#parts;
    const left = [...state.imageSets.values()].filter(({ pending }) => pending?.kind === "import");
    if (left.length === 0) return;
    state.update((change) => {
      for (const imageSet of left) dropLatest(change, imageSet);
    });
  }
}
