import type { DICOMTags, SearchCriteria } from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../../api/errors.ts";
import { metadataKey, type BlobChecksum, type StoredBlob } from "../blobs.ts";
import type { Caller } from "../caller.ts";
import type { Clock } from "../time/clock.ts";
import type { Datastores } from "../datastores/datastores.ts";
import { latestVersion, type ImageSet, type ImageSetVersion } from "./image-set.ts";
import { cutPage, readPage, type Page, type PageRequest } from "../paging.ts";
import { readCriteria } from "../search/search.ts";
import type { FlagAttribute } from "../search/search-entry.ts";
import { SearchIndex } from "../search/search-index.ts";
import { placeAt, positionOf } from "../search/search-order.ts";
import type { State, StateChange } from "../state.ts";
import { SeriesIndex } from "./series-index.ts";
import { storedFrame, storedMetadata } from "./stored-blobs.ts";

interface ImageSetsDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly datastores: Datastores;
  /** Of the served release. */
  readonly behaviours?: { readonly primaryImageSets: readonly FlagAttribute[] };
}

/** An image set whose blobs are written, but which is not visible yet. */
export interface WrittenImageSet {
  readonly datastoreId: string;
  readonly imageSetId: string;
  readonly dicomTags: DICOMTags;
  readonly sopInstanceUIDs: readonly string[];
  readonly metadataChecksum: BlobChecksum;
  readonly frameIds: readonly string[];
  readonly frameChecksums: readonly BlobChecksum[];
  /** Whether it is to be the primary image set of its series. */
  readonly isPrimary?: true;
}

/** The image sets of data stores, by id, by version and by search. */
export class ImageSets {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #datastores: Datastores;
  readonly #flags: readonly FlagAttribute[];
  readonly #searchIndex: SearchIndex;
  readonly #seriesIndex = new SeriesIndex();
  /** An image set may have tens of thousands of frames, and each is requested by its id. */
  readonly #framePlaces = new WeakMap<ImageSet, ReadonlyMap<string, number>>();

  constructor({ state, clock, datastores, behaviours }: ImageSetsDependencies) {
    this.#flags = behaviours?.primaryImageSets ?? [];
    this.#searchIndex = new SearchIndex(this.#flags);
    this.#state = state;
    this.#clock = clock;
    this.#datastores = datastores;
    for (const index of [this.#searchIndex, this.#seriesIndex]) {
      for (const imageSet of state.imageSets.values()) index.put(imageSet);
      state.imageSets.follow(index);
    }
  }

  /** The latest version if `versionId` is not given. */
  get(
    caller: Caller,
    datastoreId: string,
    imageSetId: string,
    versionId?: string,
  ): { imageSet: ImageSet; version: ImageSetVersion } {
    const imageSet = this.#find(caller, datastoreId, imageSetId);
    if (versionId === undefined) return { imageSet, version: latestVersion(imageSet) };
    const version = imageSet.versions.find((candidate) => String(candidate.versionId) === versionId);
    if (version !== undefined) return { imageSet, version };
    throw notFound(`Version ${versionId} of image set ${imageSetId} does not exist`);
  }

  /** Newest first (facts: image-sets#list-of-versions). */
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

  /**
   * Assumed: deleted-image-set. A deleted image set does not exist.
   * @throws ServiceError ResourceNotFoundException
   */
  getExisting(caller: Caller, datastoreId: string, imageSetId: string): ImageSet {
    const imageSet = this.#find(caller, datastoreId, imageSetId);
    if (latestVersion(imageSet).imageSetState !== "DELETED") return imageSet;
    throw notFound(`Image set ${imageSetId} has been deleted`);
  }

  /**
   * The image sets of a series, the most recently updated first, without deleted ones.
   * @throws ServiceError ResourceNotFoundException that says which of study and series is unknown
   */
  ofSeries(caller: Caller, datastoreId: string, studyUID: string, seriesUID: string): ImageSet[] {
    this.#datastores.getExisting(caller, datastoreId);
    const ofStudy = this.#seriesIndex.ofStudy(datastoreId, studyUID);
    if (ofStudy === undefined)
      throw notFound(`Study ${studyUID} does not exist in data store ${datastoreId}`);
    const found = ofStudy.get(seriesUID);
    if (found === undefined) throw notFound(`Series ${seriesUID} does not exist in study ${studyUID}`);
    // Of those updated in the same millisecond, the most recently created comes first.
    return [...found.values()]
      .toReversed()
      .toSorted((a, b) => latestVersion(b).updatedAt - latestVersion(a).updatedAt);
  }

  /** The metadata document of a version. */
  metadata(caller: Caller, datastoreId: string, imageSetId: string, versionId?: string): StoredBlob {
    this.getExisting(caller, datastoreId, imageSetId);
    const { imageSet, version } = this.get(caller, datastoreId, imageSetId, versionId);
    return storedMetadata(imageSet, version);
  }

  frame(caller: Caller, datastoreId: string, imageSetId: string, imageFrameId: string): StoredBlob {
    const imageSet = this.#find(caller, datastoreId, imageSetId);
    const place = this.#placesOf(imageSet).get(imageFrameId);
    if (place !== undefined) return storedFrame(imageSet, place);
    throw notFound(`Image frame ${imageFrameId} does not exist in image set ${imageSetId}`);
  }

  search(caller: Caller, datastoreId: string, criteria: SearchCriteria, page: PageRequest): Page<ImageSet> {
    this.#datastores.getActive(caller, datastoreId);
    const query = readCriteria(criteria, this.#flags);
    const { items, nextToken } = readPage(
      (after, count) => this.#searchIndex.find(datastoreId, query, after && placeAt(after), count),
      (entry) => positionOf(entry, query),
      JSON.stringify(["SearchImageSets", datastoreId, query]),
      page,
    );
    return { items: items.map(({ imageSet }) => imageSet), nextToken };
  }

  /** Adds an imported image set as version 1; its blobs are already written. */
  create({ imageSets }: StateChange, written: WrittenImageSet): ImageSet {
    const { datastoreId, imageSetId, dicomTags, metadataChecksum, frameIds, frameChecksums, isPrimary } =
      written;
    const now = this.#clock.now();
    const version: ImageSetVersion = {
      versionId: 1,
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "CREATED",
      updatedAt: now,
      message: null,
      metadataKey: metadataKey(datastoreId, imageSetId, 1),
      metadataChecksum,
      dicomTags,
    };
    const imageSet = {
      imageSetId,
      datastoreId,
      createdAt: now,
      deletedAt: null,
      versions: [version],
      frameIds,
      frameChecksums,
      tags: {},
      ...(isPrimary === true ? { isPrimary } : {}),
    } as const;
    imageSets.put(imageSet);
    return imageSet;
  }

  #placesOf(imageSet: ImageSet): ReadonlyMap<string, number> {
    let places = this.#framePlaces.get(imageSet);
    if (places === undefined) {
      places = new Map(imageSet.frameIds.map((frameId, index) => [frameId, index]));
      this.#framePlaces.set(imageSet, places);
    }
    return places;
  }

  /**
   * Assumed: unknown-data-store. A ResourceNotFoundException, as on AWS today; it used to be an
   * AccessDeniedException (facts: image-sets#unknown-data-store, image-sets#unknown-image-set).
   */
  #find(caller: Caller, datastoreId: string, imageSetId: string): ImageSet {
    this.#datastores.getExisting(caller, datastoreId);
    const imageSet = this.#state.imageSets.get(imageSetId);
    if (imageSet?.datastoreId === datastoreId) return imageSet;
    throw notFound(`Image set ${imageSetId} does not exist in data store ${datastoreId}`);
  }
}

/** Assumed: not-found-messages. The code is documented, the messages are ours. */
const notFound = (message: string): ServiceError => new ServiceError("ResourceNotFoundException", message);
