import type { State } from "../domain/state.ts";

type Documents = Pick<State, "datastores" | "imageSets" | "importJobs">;

/** The current state, for parts that outlive an instance. */
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
