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
      operation = "file",
      accessKeyId = "",
      datastoreId,
      imageSetId,
      frameId,
      jobId,
      file = "",
    } = subject;
    const { datastores, imageSets, importJobs } = this.#state;
    const imageSet = imageSetId === undefined ? undefined : imageSets.get(imageSetId);
    const names = [
      this.#name(datastoreId, () => numbered(datastores.values(), ({ datastoreId: id }) => [id, ""])),
      this.#name(imageSetId, () =>
        numbered(imageSets.inDatastore(datastoreId ?? ""), ({ imageSetId: id, versions: [first] }) => [
          id,
          first.dicomTags.DICOMSeriesInstanceUID ?? "",
        ]),
      ),
      this.#name(frameId, () => (imageSet?.frameIds ?? []).map((id, index) => [id, String(index)])),
      this.#name(jobId, () =>
        numbered(importJobs.inDatastore(datastoreId ?? ""), ({ jobId: id, jobName }) => [id, jobName ?? ""]),
      ),
    ];
    return `${operation} ${accessKeyId} ${names.join(" ")} ${file}`;
  }

  /** Names everything of its kind when it is asked for something new. */
  #name(id: string | undefined, nameAll: () => Iterable<readonly [id: string, name: string]>): string {
    if (id === undefined) return "";
    if (!this.#names.has(id)) {
      if (this.#names.size > MAX_NAMES) this.#names = new Map();
      for (const [named, name] of nameAll()) this.#names.set(named, name);
      // What is not there is not looked for again.
      if (!this.#names.has(id)) this.#names.set(id, id);
    }
    return this.#names.get(id) ?? id;
  }
}

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
