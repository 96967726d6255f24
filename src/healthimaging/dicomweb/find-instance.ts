import { ServiceError } from "../../api/errors.ts";
import type { StoredBlob } from "../../domain/blobs.ts";
import type { Caller } from "../../domain/caller.ts";
import { latestVersion } from "../../domain/image-sets/image-set.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { Attributes, InstanceDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import type { DocumentCache } from "./document-cache.ts";

export interface InstanceRequest {
  readonly datastoreId: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly imageSetId?: string | undefined;
}

export interface FoundInstance {
  readonly imageSetId: string;
  /** Attributes of patient, study, series and instance. */
  readonly attributes: Attributes;
  readonly instance: InstanceDocument;
  /** Other image sets that contain it. */
  readonly others: readonly string[];
}

interface FindInstanceDependencies {
  readonly imageSets: ImageSets;
  readonly documents: DocumentCache;
}

/**
 * An instance as its image set's latest metadata describes it.
 * Assumed: instance-without-image-set. Without `imageSetId` it is the most recently updated image set that
 * contains the instance.
 * @throws ServiceError ResourceNotFoundException
 */
export async function findInstance(
  parts: FindInstanceDependencies,
  caller: Caller,
  request: InstanceRequest,
): Promise<FoundInstance> {
  const [imageSetId, ...others] = await holdersOf(parts, caller, request);
  if (imageSetId === undefined) throw notFound(request);
  const document = await fromDocument(parts, caller, request.datastoreId, imageSetId, (stored) =>
    parts.documents.read(stored.key, stored),
  );
  const { Patient, Study } = document;
  const series = own(Study.Series, request.seriesInstanceUID);
  const instance = own(series?.Instances ?? {}, request.sopInstanceUID);
  if (series === undefined || instance === undefined) throw notFound(request);
  const attributes = { ...Patient.DICOM, ...Study.DICOM, ...series.DICOM, ...instance.DICOM };
  return { imageSetId, attributes, instance, others };
}

/** Ids of the image sets, the preferred one first. */
async function holdersOf(
  parts: FindInstanceDependencies,
  caller: Caller,
  request: InstanceRequest,
): Promise<string[]> {
  const { datastoreId, imageSetId, studyInstanceUID, seriesInstanceUID, sopInstanceUID } = request;
  if (imageSetId !== undefined) {
    const { dicomTags } = latestVersion(parts.imageSets.getExisting(caller, datastoreId, imageSetId));
    const isOfSeries =
      dicomTags.DICOMStudyInstanceUID === studyInstanceUID &&
      dicomTags.DICOMSeriesInstanceUID === seriesInstanceUID;
    return isOfSeries ? [imageSetId] : [];
  }
  const holders: string[] = [];
  for (const candidate of parts.imageSets.ofSeries(
    caller,
    datastoreId,
    studyInstanceUID,
    seriesInstanceUID,
  )) {
    const isHolder = await fromDocument(parts, caller, datastoreId, candidate.imageSetId, (stored) =>
      parts.documents.holds(stored.key, sopInstanceUID, stored),
    ).catch(ignoreGone);
    if (isHolder === true) holders.push(candidate.imageSetId);
  }
  return holders;
}

/** If the image set is deleted while its document is being read, the error says so. */
async function fromDocument<T>(
  { imageSets }: FindInstanceDependencies,
  caller: Caller,
  datastoreId: string,
  imageSetId: string,
  read: (document: StoredBlob) => Promise<T>,
): Promise<T> {
  const document = imageSets.metadata(caller, datastoreId, imageSetId);
  try {
    return await read(document);
  } catch (error) {
    imageSets.getExisting(caller, datastoreId, imageSetId);
    throw error;
  }
}

function ignoreGone(error: unknown): undefined {
  if (error instanceof ServiceError && error.code === "ResourceNotFoundException") return undefined;
  throw error;
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const notFound = ({ sopInstanceUID, seriesInstanceUID, studyInstanceUID, imageSetId }: InstanceRequest) =>
  new ServiceError(
    "ResourceNotFoundException",
    `Instance ${sopInstanceUID} of series ${seriesInstanceUID} of study ${studyInstanceUID} does not exist` +
      (imageSetId === undefined ? "" : ` in image set ${imageSetId}`),
  );
