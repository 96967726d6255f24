import { ServiceError } from "../../api/errors.ts";
import type { Blobs, StoredBlob } from "../../domain/blobs.ts";
import type { Caller } from "../../domain/caller.ts";
import { latestVersion, type ImageSet } from "../../domain/image-sets/image-set.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type {
  Attributes,
  InstanceDocument,
  MetadataDocument,
} from "../../domain/image-sets/metadata/metadata-document.ts";
import { DocumentCache } from "./document-cache.ts";

export interface SeriesRequest {
  readonly datastoreId: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly imageSetId?: string | undefined;
}

export interface InstanceRequest extends SeriesRequest {
  readonly sopInstanceUID: string;
}

export interface FoundInstance {
  readonly imageSetId: string;
  readonly sopInstanceUID: string;
  /** Attributes of patient, study, series and instance. */
  readonly attributes: Attributes;
  readonly instance: InstanceDocument;
  /** Other image sets that contain it. */
  readonly others: readonly string[];
}

export interface FinderDependencies {
  readonly imageSets: ImageSets;
  readonly blobs: Blobs;
  /** Of the served release. */
  readonly behaviours: { readonly dicomwebImageSets: "newest" | "primary" };
}

/** Finds instances as the latest metadata of their image sets describes them. All operations share its cache. */
export class InstanceFinder {
  readonly #imageSets: ImageSets;
  readonly #blobs: Blobs;
  readonly #answersFrom: "newest" | "primary";
  /** Created at the first call: a start does not load the cache. */
  #cache: DocumentCache | undefined;

  constructor({ imageSets, blobs, behaviours }: FinderDependencies) {
    this.#imageSets = imageSets;
    this.#blobs = blobs;
    this.#answersFrom = behaviours.dicomwebImageSets;
  }

  get #documents(): DocumentCache {
    return (this.#cache ??= new DocumentCache(this.#blobs));
  }

  /**
   * Assumed: instance-without-image-set. Without `imageSetId` it is the primary image set of the series in a release
   * that has these, else the most recently updated one that contains the instance.
   * @throws ServiceError ResourceNotFoundException
   */
  async find(request: InstanceRequest, caller: Caller): Promise<FoundInstance> {
    const holders = await this.#holdersOf(request, caller);
    const imageSetId = holders.find((holder) => this.#answers(holder, request))?.imageSetId;
    const others = holders.map((holder) => holder.imageSetId).filter((id) => id !== imageSetId);
    if (imageSetId === undefined) throw notFound(request, others);
    const document = await this.#read(request, caller, imageSetId);
    const instance = own(seriesIn(document, request)?.Instances ?? {}, request.sopInstanceUID);
    if (instance === undefined) throw notFound(request);
    return new DescribedInstance({ document, request, instance }, imageSetId, request.sopInstanceUID, others);
  }

  /**
   * The instances of a series, in the order of their image sets' documents. The first document is read before it
   * resolves.
   * Assumed: instances-of-series. Where several image sets answer, each instance is there once: as the most recently
   * updated one has it.
   * @throws ServiceError ResourceNotFoundException
   */
  async findSeries(request: SeriesRequest, caller: Caller): Promise<AsyncIterable<FoundInstance>> {
    const all = this.#candidates(request, caller);
    const [first, ...rest] = all.filter((imageSet) => this.#answers(imageSet, request));
    if (first === undefined)
      throw notFound(
        request,
        all.map(({ imageSetId }) => imageSetId),
      );
    await this.#read(request, caller, first.imageSetId);
    return this.#instancesOf(request, caller, [first, ...rest]);
  }

  async *#instancesOf(
    request: SeriesRequest,
    caller: Caller,
    imageSets: readonly ImageSet[],
  ): AsyncGenerator<FoundInstance> {
    const seen = new Set<string>();
    for (const { imageSetId } of imageSets) {
      const document = await this.#read(request, caller, imageSetId).catch(ignoreGone);
      if (document === undefined) continue;
      for (const [uid, instance] of Object.entries(seriesIn(document, request)?.Instances ?? {})) {
        if (seen.has(uid)) continue;
        seen.add(uid);
        yield new DescribedInstance({ document, request, instance }, imageSetId, uid);
      }
    }
  }

  /** The image sets that contain an instance, the most recently updated first. */
  async #holdersOf(request: InstanceRequest, caller: Caller): Promise<ImageSet[]> {
    const candidates = this.#candidates(request, caller);
    if (request.imageSetId !== undefined) return candidates;
    const holders: ImageSet[] = [];
    for (const candidate of candidates) {
      const isHolder = await this.#fromDocument(request, caller, candidate.imageSetId, (stored) =>
        this.#documents.holds(stored.key, request.sopInstanceUID, stored),
      ).catch(ignoreGone);
      if (isHolder === true) holders.push(candidate);
    }
    return holders;
  }

  /** The image set that a request names, else those of its series. */
  #candidates({ datastoreId, imageSetId, ...request }: SeriesRequest, caller: Caller): ImageSet[] {
    const { studyInstanceUID, seriesInstanceUID } = request;
    if (imageSetId === undefined)
      return this.#imageSets.ofSeries(caller, datastoreId, studyInstanceUID, seriesInstanceUID);
    const imageSet = this.#imageSets.getExisting(caller, datastoreId, imageSetId);
    const { dicomTags } = latestVersion(imageSet);
    const isOfSeries =
      dicomTags.DICOMStudyInstanceUID === studyInstanceUID &&
      dicomTags.DICOMSeriesInstanceUID === seriesInstanceUID;
    return isOfSeries ? [imageSet] : [];
  }

  #answers({ isPrimary }: ImageSet, { imageSetId }: SeriesRequest): boolean {
    return imageSetId !== undefined || this.#answersFrom === "newest" || isPrimary === true;
  }

  #read(request: SeriesRequest, caller: Caller, imageSetId: string): Promise<MetadataDocument> {
    return this.#fromDocument(request, caller, imageSetId, (stored) =>
      this.#documents.read(stored.key, stored),
    );
  }

  /** If the image set is deleted while its document is being read, the error says so. */
  async #fromDocument<T>(
    { datastoreId }: SeriesRequest,
    caller: Caller,
    imageSetId: string,
    read: (document: StoredBlob) => Promise<T>,
  ): Promise<T> {
    const document = this.#imageSets.metadata(caller, datastoreId, imageSetId);
    try {
      return await read(document);
    } catch (error) {
      this.#imageSets.getExisting(caller, datastoreId, imageSetId);
      throw error;
    }
  }
}

const MAX_NAMED = 20;

/** The hint that names the other image sets. */
export function alsoIn({ others }: FoundInstance): string | undefined {
  if (others.length === 0) return undefined;
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : "";
  return `also in image set ${others.slice(0, MAX_NAMED).join(", ")}${more}: choose one with ?imageSetId=`;
}

const seriesIn = ({ Study }: MetadataDocument, { seriesInstanceUID }: SeriesRequest) =>
  own(Study.Series, seriesInstanceUID);

interface Described {
  readonly document: MetadataDocument;
  readonly request: SeriesRequest;
  readonly instance: InstanceDocument;
}

/** Frames are read without a look at the attributes, which are hundreds. */
class DescribedInstance implements FoundInstance {
  readonly #described: Described;
  readonly imageSetId: string;
  readonly sopInstanceUID: string;
  readonly others: readonly string[];

  constructor(
    described: Described,
    imageSetId: string,
    sopInstanceUID: string,
    others: readonly string[] = [],
  ) {
    this.#described = described;
    this.imageSetId = imageSetId;
    this.sopInstanceUID = sopInstanceUID;
    this.others = others;
  }

  get instance(): InstanceDocument {
    return this.#described.instance;
  }

  get attributes(): Attributes {
    const { document, request, instance } = this.#described;
    const { Patient, Study } = document;
    return { ...Patient.DICOM, ...Study.DICOM, ...seriesIn(document, request)?.DICOM, ...instance.DICOM };
  }
}

function ignoreGone(error: unknown): undefined {
  if (error instanceof ServiceError && error.code === "ResourceNotFoundException") return undefined;
  throw error;
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** @param others image sets that have it, but do not answer */
function notFound(
  request: SeriesRequest & Partial<InstanceRequest>,
  others: readonly string[] = [],
): ServiceError {
  const { sopInstanceUID, seriesInstanceUID, studyInstanceUID, imageSetId } = request;
  const series = `eries ${seriesInstanceUID} of study ${studyInstanceUID} does not exist`;
  const what = sopInstanceUID === undefined ? `S${series}` : `Instance ${sopInstanceUID} of s${series}`;
  return new ServiceError(
    "ResourceNotFoundException",
    what + (imageSetId === undefined ? "" : ` in image set ${imageSetId}`),
    others.length === 0
      ? {}
      : {
          hint: `only image sets that are not primary have it: choose one with ?imageSetId=, such as ${others[0]}`,
        },
  );
}
