import type { State } from "../../../domain/state.ts";
import type { RuleEvent } from "../rule-event.ts";

type Known = Pick<State, "datastores" | "imageSets" | "importJobs">;
type Kind = "datastore" | "imageSet" | "job";

/**
 * Names of resources that are equal in each run of the same test. Ids are random, so the random decisions of
 * scenarios cannot depend on them. A name is a position: the second data store called `demo` in its account,
 * the third image set of its series in its data store, the first job of its name, the n-th frame of its image
 * set. Other accounts do not change it.
 */
export class StableNames {
  readonly #state: Known;
  #names = new Map<string, string>();
  readonly #frames = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

  constructor(state: Known) {
    this.#state = state;
  }

  /** The names of all subjects of a call or a background event: always the same number of parts. */
  of({
    kind,
    transition,
    operation = transition === undefined ? kind : `${transition.resource} ${transition.from}`,
    account,
    region,
    accessKeyId = "",
    datastoreId,
    imageSetId,
    frameId,
    jobId,
    jobName = "",
    file = "",
  }: RuleEvent): readonly string[] {
    return [
      operation,
      accessKeyId,
      account,
      region,
      this.#nameOf("datastore", datastoreId),
      this.#nameOf("imageSet", imageSetId),
      this.#frame(imageSetId, frameId),
      jobId === undefined ? jobName : this.#nameOf("job", jobId),
      file,
    ];
  }

  #nameOf(kind: Kind, id: string | undefined): string {
    return id === undefined ? "" : (this.#names.get(id) ?? this.#learn(kind, id));
  }

  /**
   * An unknown id makes it name all resources of the kind. A resource that does not exist is named by its id.
   */
  #learn(kind: Kind, id: string): string {
    if (this.#names.size > MAX_NAMES) this.#names = new Map();
    for (const [named, name] of this.#nameAll(kind, id)) this.#names.set(named, name);
    return this.#names.get(id) ?? id;
  }

  #nameAll(kind: Kind, id: string): Iterable<readonly [id: string, name: string]> {
    const { datastores, imageSets, importJobs } = this.#state;
    switch (kind) {
      case "datastore":
        if (datastores.get(id) === undefined) return [];
        return numbered(datastores.values(), ({ datastoreId, account, region, datastoreName }) => [
          datastoreId,
          `${account} ${region} ${datastoreName ?? ""}`,
        ]);
      case "imageSet": {
        const asked = imageSets.get(id);
        if (asked === undefined) return [];
        return numbered(imageSets.inDatastore(asked.datastoreId), ({ imageSetId, versions: [first] }) => [
          imageSetId,
          first.dicomTags.DICOMSeriesInstanceUID ?? "",
        ]);
      }
      case "job": {
        const asked = importJobs.get(id);
        if (asked === undefined) return [];
        return numbered(importJobs.inDatastore(asked.datastoreId), ({ jobId, jobName }) => [
          jobId,
          jobName ?? "",
        ]);
      }
    }
  }

  /** Copies share frames: each image set numbers its frames separately. */
  #frame(imageSetId: string | undefined, frameId: string | undefined): string {
    if (frameId === undefined) return "";
    const ids = imageSetId === undefined ? undefined : this.#state.imageSets.get(imageSetId)?.frameIds;
    if (ids === undefined) return frameId;
    let numbers = this.#frames.get(ids);
    if (numbers === undefined) {
      numbers = new Map(ids.map((id, index) => [id, index]));
      this.#frames.set(ids, numbers);
    }
    return String(numbers.get(frameId) ?? frameId);
  }
}

/** A dropped resource gets the same name again. */
const MAX_NAMES = 1_000_000;

/** Numbers items among those with the same key. */
function* numbered<T>(
  items: Iterable<T>,
  describe: (item: T) => readonly [id: string, shared: string],
): Generator<readonly [id: string, name: string]> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const [id, shared] = describe(item);
    const count = counts.get(shared) ?? 0;
    counts.set(shared, count + 1);
    yield [id, `${shared}#${count}`];
  }
}
