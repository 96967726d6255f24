import { datastoreArn, imageSetArn, parseArn } from "../api/arns.ts";
import { ServiceError } from "../api/errors.ts";
import type { Caller } from "./caller.ts";
import type { Datastores } from "./datastores/datastores.ts";
import type { ImageSets } from "./image-sets/image-sets.ts";
import type { State } from "./state.ts";
import { checkTagCount, type TagMap } from "./tag-count.ts";

interface TagsDependencies {
  readonly state: State;
  readonly datastores: Datastores;
  readonly imageSets: ImageSets;
}

/**
 * The tags of data stores and image sets, by ARN. Assumed: tags-while-locked. A LOCKED image set can be
 * tagged.
 */
export class Tags {
  readonly #state: State;
  readonly #datastores: Datastores;
  readonly #imageSets: ImageSets;

  constructor({ state, datastores, imageSets }: TagsDependencies) {
    this.#state = state;
    this.#datastores = datastores;
    this.#imageSets = imageSets;
  }

  /**
   * Assumed: tags-of-deleted. A deleted resource does not exist.
   * @throws ServiceError ResourceNotFoundException
   */
  list(caller: Caller, resourceArn: string): TagMap {
    return this.#find(caller, resourceArn).tags;
  }

  /** An existing key gets the new value. */
  add(caller: Caller, resourceArn: string, tags: TagMap): void {
    const resource = this.#find(caller, resourceArn);
    const all = { ...resource.tags, ...tags };
    checkTagCount(all);
    resource.replace(all);
  }

  /** Assumed: untag-missing-key. A missing key is not an error. */
  remove(caller: Caller, resourceArn: string, tagKeys: readonly string[]): void {
    const resource = this.#find(caller, resourceArn);
    const kept = Object.entries(resource.tags).filter(([key]) => !tagKeys.includes(key));
    resource.replace(Object.fromEntries(kept));
  }

  #find(caller: Caller, resourceArn: string): { tags: TagMap; replace: (tags: TagMap) => void } {
    const { datastoreId, imageSetId } = parseArn(resourceArn);
    const datastore = this.#datastores.getExisting(caller, datastoreId);
    const ownArn =
      imageSetId === undefined
        ? datastoreArn(datastore, datastoreId)
        : imageSetArn(datastore, datastoreId, imageSetId);
    if (resourceArn !== ownArn) {
      throw new ServiceError("ResourceNotFoundException", `Resource ${resourceArn} does not exist`);
    }
    if (imageSetId === undefined) {
      const replace = (tags: TagMap): void =>
        this.#state.update(({ datastores }) => datastores.put({ ...datastore, tags }));
      return { tags: datastore.tags, replace };
    }
    const imageSet = this.#imageSets.getExisting(caller, datastoreId, imageSetId);
    const replace = (tags: TagMap): void =>
      this.#state.update(({ imageSets }) => imageSets.put({ ...imageSet, tags }));
    return { tags: imageSet.tags, replace };
  }
}
