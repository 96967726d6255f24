import type { SearchCriteria } from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../api/errors.ts";
import { frameKey, metadataKey } from "./blobs.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import type { Datastores } from "./datastores.ts";
import { dicomTagsOf } from "./dicom-tags.ts";
import { latestVersion, type ImageSet, type ImageSetVersion } from "./image-set.ts";
import type { DocumentOutline } from "./metadata-document.ts";
import { cutPage, type Page, type PageRequest } from "./paging.ts";
import { createMatcher, createPositioner } from "./search.ts";
import type { State, StateChange } from "./state.ts";

interface Parts {
  readonly state: State;
  readonly clock: Clock;
  readonly datastores: Datastores;
}

/** The image sets: what a data store holds of them, by id, by version, by search. */
export class ImageSets {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #datastores: Datastores;
  /** An image set may have tens of thousands of frames, and each is asked for by its id. */
  readonly #frameIdSets = new WeakMap<ImageSet, ReadonlySet<string>>();

  constructor({ state, clock, datastores }: Parts) {
    this.#state = state;
    this.#clock = clock;
    this.#datastores = datastores;
  }

  /** The latest version where `versionId` is not given. */
  get(
    caller: Caller,
    datastoreId: string,
    imageSetId: string,
    versionId?: string,
  ): { imageSet: ImageSet; version: ImageSetVersion } {
    const imageSet = this.#find(caller, datastoreId, imageSetId);
    if (versionId === undefined) return { imageSet, version: latestVersion(imageSet) };
    const version = imageSet.versions.find((candidate) => candidate.versionId === Number(versionId));
    if (version !== undefined) return { imageSet, version };
    throw notFound(`Version ${versionId} of image set ${imageSetId} does not exist`);
  }

  /** Newest first (service-facts 2.10). */
  versions(
    caller: Caller,
    datastoreId: string,
    imageSetId: string,
    page: PageRequest,
  ): Page<ImageSetVersion> & { imageSet: ImageSet } {
    const imageSet = this.#find(caller, datastoreId, imageSetId);
    const listing = JSON.stringify(["ListImageSetVersions", imageSetId]);
    return { imageSet, ...cutPage(imageSet.versions, ({ versionId }) => [-versionId], listing, page) };
  }

  /** @throws ServiceError ResourceNotFoundException also for one that has been deleted (Assumed) */
  getExisting(caller: Caller, datastoreId: string, imageSetId: string): ImageSet {
    const imageSet = this.#find(caller, datastoreId, imageSetId);
    if (latestVersion(imageSet).imageSetState !== "DELETED") return imageSet;
    throw notFound(`Image set ${imageSetId} has been deleted`);
  }

  /** Where the blobs keep the metadata document of a version. */
  metadata(
    caller: Caller,
    datastoreId: string,
    imageSetId: string,
    versionId?: string,
  ): { metadataKey: string } {
    this.getExisting(caller, datastoreId, imageSetId);
    return this.get(caller, datastoreId, imageSetId, versionId).version;
  }

  /** Where the blobs keep a frame. */
  frame(caller: Caller, datastoreId: string, imageSetId: string, imageFrameId: string): { frameKey: string } {
    const imageSet = this.#find(caller, datastoreId, imageSetId);
    if (this.#frameIds(imageSet).has(imageFrameId)) return { frameKey: frameKey(datastoreId, imageFrameId) };
    throw notFound(`Image frame ${imageFrameId} does not exist in image set ${imageSetId}`);
  }

  search(caller: Caller, datastoreId: string, criteria: SearchCriteria, page: PageRequest): Page<ImageSet> {
    this.#datastores.getActive(caller, datastoreId);
    const matches = createMatcher(criteria);
    const found = [...this.#state.imageSets.inDatastore(datastoreId)].filter(
      (imageSet) => latestVersion(imageSet).imageSetState !== "DELETED" && matches(imageSet),
    );
    const listing = JSON.stringify(["SearchImageSets", datastoreId, criteria]);
    return cutPage(found, createPositioner(criteria), listing, page);
  }

  /** Puts an imported image set in, as version 1; its blobs have been written before. */
  create({ imageSets }: StateChange, document: DocumentOutline): ImageSet {
    const { DatastoreID: datastoreId, ImageSetID: imageSetId } = document;
    const now = this.#clock.now();
    const version: ImageSetVersion = {
      versionId: 1,
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "CREATED",
      updatedAt: now,
      message: null,
      metadataKey: metadataKey(datastoreId, imageSetId, 1),
      dicomTags: dicomTagsOf(document),
    };
    const imageSet = {
      imageSetId,
      datastoreId,
      createdAt: now,
      deletedAt: null,
      versions: [version],
      frameIds: frameIdsOf(document),
      tags: {},
    } as const;
    imageSets.put(imageSet);
    return imageSet;
  }

  #frameIds(imageSet: ImageSet): ReadonlySet<string> {
    let frameIds = this.#frameIdSets.get(imageSet);
    if (frameIds === undefined) {
      frameIds = new Set(imageSet.frameIds);
      this.#frameIdSets.set(imageSet, frameIds);
    }
    return frameIds;
  }

  #find(caller: Caller, datastoreId: string, imageSetId: string): ImageSet {
    this.#datastores.getExisting(caller, datastoreId);
    const imageSet = this.#state.imageSets.get(imageSetId);
    if (imageSet?.datastoreId === datastoreId) return imageSet;
    throw notFound(`Image set ${imageSetId} does not exist in data store ${datastoreId}`);
  }
}

function frameIdsOf({ Study }: DocumentOutline): string[] {
  const instances = Object.values(Study.Series).flatMap((series) => Object.values(series.Instances));
  return instances.flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID));
}

/** Assumed: the code is documented, the texts are not. */
const notFound = (message: string): ServiceError => new ServiceError("ResourceNotFoundException", message);
