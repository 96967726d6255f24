import type { State } from "../domain/state.ts";
import { hash } from "./draw.ts";
import type { Subject } from "./subject.ts";

export interface StableName {
  readonly name: string;
  readonly nameHash: number;
}

type Known = Pick<State, "datastores" | "imageSets" | "importJobs">;

/**
 * Names of resources that are the same each time the same things are done: ids are not. A data store is
 * the how-manieth that was made, an image set the how-manieth of its series in its data store, a frame the
 * how-manieth of its image set.
 */
export class StableNames {
  readonly #state: Known;
  #names = new Map<string, string>();
  #last: (StableName & { readonly subject: Subject }) | undefined;

  constructor(state: Known) {
    this.#state = state;
  }

  /** Of everything that a call or a file is about; the same object is asked about by one rule after another. */
  of(subject: Subject): StableName {
    if (this.#last?.subject !== subject) {
      const name = this.#describe(subject);
      this.#last = { subject, name, nameHash: hash(name) };
    }
    return this.#last;
  }

  #describe(subject: Subject): string {
    const {
      kind,
      transition,
      operation = transition === undefined ? kind : `${transition.resource} ${transition.from}`,
      accessKeyId = "",
      datastoreId,
      imageSetId,
      frameId,
      jobId,
      file = "",
    } = subject;
    const name = (id: string | undefined, of: Kind): string =>
      id === undefined ? "" : (this.#names.get(id) ?? this.#learn(id, of, subject));
    const resources = `${name(datastoreId, "datastore")} ${name(imageSetId, "imageSet")}`;
    return `${operation} ${accessKeyId} ${resources} ${name(frameId, "frame")} ${name(jobId, "job")} ${file}`;
  }

  /** Names everything of its kind when it is asked for something new. */
  #learn(id: string, kind: Kind, subject: Subject): string {
    if (this.#names.size > MAX_NAMES) this.#names = new Map();
    for (const [named, name] of this.#nameAll(kind, subject)) this.#names.set(named, name);
    const name = this.#names.get(id) ?? id;
    // What is not there is not looked for again.
    this.#names.set(id, name);
    return name;
  }

  #nameAll(
    kind: Kind,
    { datastoreId = "", imageSetId = "" }: Subject,
  ): Iterable<readonly [id: string, name: string]> {
    const { datastores, imageSets, importJobs } = this.#state;
    switch (kind) {
      case "datastore":
        return numbered(datastores.values(), ({ datastoreId: id }) => [id, ""]);
      case "imageSet":
        return numbered(imageSets.inDatastore(datastoreId), ({ imageSetId: id, versions: [first] }) => [
          id,
          first.dicomTags.DICOMSeriesInstanceUID ?? "",
        ]);
      case "frame":
        return (imageSets.get(imageSetId)?.frameIds ?? []).map((id, index) => [id, String(index)]);
      case "job":
        return numbered(importJobs.inDatastore(datastoreId), ({ jobId: id, jobName }) => [id, jobName ?? ""]);
    }
  }
}

type Kind = "datastore" | "imageSet" | "frame" | "job";

/** What is forgotten is named the same again. */
const MAX_NAMES = 1_000_000;

/** Each is the first, second ... of those that share something. */
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
