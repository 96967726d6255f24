import type { State } from "../domain/state.ts";

type Documents = Pick<State, "datastores" | "imageSets" | "importJobs">;

/** What is kept now, for those who last longer than a world. */
export const liveState = (current: () => Documents): Documents => ({
  get datastores() {
    return current().datastores;
  },
  get imageSets() {
    return current().imageSets;
  },
  get importJobs() {
    return current().importJobs;
  },
});
